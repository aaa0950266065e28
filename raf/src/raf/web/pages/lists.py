"""Lists of people: what they posted, who stands in them, and the lists somebody stands in."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import get, post
from litestar.params import FromQuery

from raf.entities import Account
from raf.errors import Invalid
from raf.identity.redirects import safe_next
from raf.lists.forms import ListChange
from raf.lists.lists import Lists, open_lists
from raf.lists.records import PeopleList
from raf.network import Paging
from raf.web.answer import Answer, redirect
from raf.web.forms import Form, read_form
from raf.web.pages.signing import FilledIn, wrong_with
from raf.web.paging import older_link, paging
from raf.web.parameters import Here, Id, MaxId
from raf.web.visit import Visit

EVERYBODY = Paging(limit=500)
OFFERED = 40


def lists_of(visit: Visit) -> Lists:
    return visit.house.application.part(open_lists)


@get("/lists")
async def index(visit: Here) -> Answer:
    """One's lists, and a form for a new one."""
    return await draw_index(visit, FilledIn({"title": ""}))


@post("/lists", status_code=200)
async def create(visit: Here) -> Answer:
    """A new list; then who stands in it."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        made = await lists_of(visit).create(account_id, ListChange(title=form.text("title")))
    except Invalid as refusal:
        return await draw_index(visit, FilledIn({"title": form.text("title")}, wrong_with(visit, refusal)), refusal.status)
    return redirect(f"/lists/{made.id}/edit", visit.cookies)


@get("/lists/{list_id:int}")
async def timeline(visit: Here, list_id: Id, max_id: MaxId = None) -> Answer:
    """What the people of a list posted."""
    account_id, lists = visit.member(), lists_of(visit)
    people = await lists.find(account_id, list_id)
    ids = await lists.timeline(account_id, list_id, paging(max_id))
    path, say = f"/lists/{list_id}", visit.language.say
    return await visit.house.feed_page(
        visit,
        "list.html",
        ids,
        where="home",
        place_now="lists",
        heading=people.title,
        edit=f"{path}/edit",
        older=older_link(path, ids),
        newer=path if max_id else "",
        stream="" if max_id else f"list:{list_id}",
        nothing=(say("Nobody has said anything"), say("What the people of this list post will be here.")),
    )


@get("/lists/{list_id:int}/edit")
async def edit_page(visit: Here, list_id: Id, q: FromQuery[str] = "") -> Answer:
    """The rules of a list and who stands in it."""
    people = await lists_of(visit).find(visit.member(), list_id)
    return await draw_list(visit, people, FilledIn(people._asdict()), q.strip()[:100])


@post("/lists/{list_id:int}/edit", status_code=200)
async def edit(visit: Here, list_id: Id) -> Answer:
    """Change its title and rules."""
    account_id, lists = visit.member(), lists_of(visit)
    form = await read_form(visit)
    people = await lists.find(account_id, list_id)
    title, policy, exclusive = form.text("title"), form.text("replies_policy", "list"), form.ticked("exclusive")
    try:
        await lists.update(account_id, list_id, ListChange(title=title, replies_policy=policy, exclusive=exclusive))
    except Invalid as refusal:
        values = {"title": title, "replies_policy": policy, "exclusive": exclusive}
        return await draw_list(visit, people, FilledIn(values, wrong_with(visit, refusal)), status=refusal.status)
    visit.tell("saved")
    return redirect(f"/lists/{list_id}/edit", visit.cookies)


@post("/lists/{list_id:int}/delete", status_code=200)
async def delete(visit: Here, list_id: Id) -> Answer:
    """Delete a list; its people stay followed."""
    account_id = visit.member()
    await read_form(visit)
    await lists_of(visit).delete(account_id, list_id)
    visit.tell("list_gone")
    return redirect("/lists", visit.cookies)


@post("/lists/{list_id:int}/add", status_code=200)
async def add(visit: Here, list_id: Id) -> Answer:
    """Put somebody in."""
    account_id = visit.member()
    form = await read_form(visit)
    await put(lists_of(visit), account_id, list_id, form.number("account_id") or 0, inside=True)
    return redirect(safe_next(form.text("next"), f"/lists/{list_id}/edit"), visit.cookies)


@post("/lists/{list_id:int}/remove", status_code=200)
async def remove(visit: Here, list_id: Id) -> Answer:
    """Take somebody out."""
    account_id = visit.member()
    form = await read_form(visit)
    await put(lists_of(visit), account_id, list_id, form.number("account_id") or 0, inside=False)
    return redirect(safe_next(form.text("next"), f"/lists/{list_id}/edit"), visit.cookies)


@get("/accounts/{account_id:int}/lists")
async def of_person_page(visit: Here, account_id: Id) -> Answer:
    """In which of one's lists somebody stands."""
    viewer_id, lists = visit.member(), lists_of(visit)
    account = await visit.house.raf.account(account_id)
    relation = (await visit.house.raf.relationships(viewer_id, [account_id]))[0]
    holding = {people.id for people in await lists.holding(viewer_id, account_id)}
    return await visit.house.page(
        visit,
        "lists_of_person.html",
        account=account,
        may_stand=relation.following or account_id == viewer_id,
        lists=await lists.of(viewer_id),
        holding=holding,
    )


@post("/accounts/{account_id:int}/lists", status_code=200)
async def of_person(visit: Here, account_id: Id) -> Answer:
    """Put somebody into the ticked lists and out of the others."""
    viewer_id, lists = visit.member(), lists_of(visit)
    form: Form = await read_form(visit)
    ticked = set(form.all("list"))
    holding = {people.id for people in await lists.holding(viewer_id, account_id)}
    for people in await lists.of(viewer_id):
        wanted = str(people.id) in ticked
        if wanted != (people.id in holding):
            await put(lists, viewer_id, people.id, account_id, inside=wanted)
    visit.tell("saved")
    account = await visit.house.raf.account(account_id)
    return redirect(f"/@{account.acct}", visit.cookies)


async def put(lists: Lists, account_id: int, list_id: int, member_id: int, *, inside: bool) -> None:
    """A button pressed twice does nothing the second time. Raises Missing."""
    if not inside:
        await lists.remove(account_id, list_id, [member_id])
    elif all(people.id != list_id for people in await lists.holding(account_id, member_id)):
        await lists.add(account_id, list_id, [member_id])


async def draw_index(visit: Visit, form: FilledIn, status: int = 200) -> Answer:
    account_id, lists = visit.member(), lists_of(visit)
    found, sizes = await lists.of(account_id), await lists.sizes(account_id)
    rows = [(people, sizes.get(people.id, 0)) for people in found]
    return await visit.house.page(visit, "lists.html", status=status, place_now="lists", lists=rows, form=form)


async def draw_list(visit: Visit, people: PeopleList, form: FilledIn, query: str = "", status: int = 200) -> Answer:
    account_id = visit.member()
    members = (await lists_of(visit).members(account_id, people.id, EVERYBODY)).items
    known = {member.id for member in members}
    offered = [account for account in await candidates(visit, account_id, query) if account.id not in known]
    return await visit.house.page(
        visit,
        "list_edit.html",
        status=status,
        place_now="lists",
        people=people,
        form=form,
        members=members,
        offered=offered,
        query=query,
    )


async def candidates(visit: Visit, account_id: int, query: str) -> Sequence[Account]:
    """Who could be put into a list: followed people, by name or the last followed first."""
    raf = visit.house.raf
    if query:
        return await raf.search_accounts(query, OFFERED, viewer_id=account_id, following=True)
    return (await raf.following(account_id, Paging(limit=OFFERED), account_id)).items


HANDLERS = (index, create, timeline, edit_page, edit, delete, add, remove, of_person_page, of_person)
