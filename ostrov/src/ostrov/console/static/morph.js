// Makes a part of the page equal to a freshly fetched one, touching only what differs: focus, selection, scroll positions,
// open details, half-typed forms and running streams stay as the person left them.

const CONTROLS = new Set(["INPUT", "SELECT", "TEXTAREA"]);

/** Make `present` (in the page) equal to `fresh` (parsed, not in the page). Elements marked data-keep are left alone,
 *  unless they show another stream now. */
export function morph(present, fresh) {
  if (present.isEqualNode(fresh)) return;
  if (present.hasAttribute("data-keep") && present.dataset.stream === fresh.dataset.stream) return;
  if (CONTROLS.has(present.nodeName) && isTouched(present)) return;
  attributes(present, fresh);
  if (present.nodeName !== "TEXTAREA") children(present, fresh);
}

function isTouched(control) {
  if (control === document.activeElement) return true;
  if (control.nodeName === "SELECT") return [...control.options].some((option) => option.selected !== option.defaultSelected);
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
}

function attributes(present, fresh) {
  const kept = present.nodeName === "DETAILS" || present.nodeName === "DIALOG" ? "open" : "";
  for (const { name } of [...present.attributes]) {
    if (name !== kept && !fresh.hasAttribute(name)) present.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== kept && present.getAttribute(name) !== value) present.setAttribute(name, value);
  }
}

function children(present, fresh) {
  const named = new Map();
  for (const child of present.children) if (child.id) named.set(child.id, child);
  let next = present.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const same = wanted.id ? named.get(wanted.id) : nearest(next, wanted);
    if (!same || same.nodeName !== wanted.nodeName) {
      present.insertBefore(document.importNode(wanted, true), next);
      continue;
    }
    named.delete(same.id);
    if (same === next) next = next.nextSibling;
    else present.insertBefore(same, next);
    if (same.nodeType === Node.ELEMENT_NODE) morph(same, wanted);
    else if (same.nodeValue !== wanted.nodeValue) same.nodeValue = wanted.nodeValue;
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

// The next sibling of the same kind that has no name of its own. Only the very next one for text, so that words do not wander.
function nearest(from, wanted) {
  for (let node = from; node; node = node.nextSibling) {
    if (node.nodeName === wanted.nodeName && !node.id) return node;
    if (wanted.nodeType !== Node.ELEMENT_NODE || node.id) return null;
  }
  return null;
}
