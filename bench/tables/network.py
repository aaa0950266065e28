"""Raf's part of the README's figures."""

from __future__ import annotations

from typing import Any

PEERS = """
| **quoted**: the same posts and load when Raf was designed, not in this run | GoToSocial 0.20 | snac2 2.94 | Takahē 0.11 |
|---|---|---|---|
| home timeline, requests/s at 8 connections | 3,216 | 211 | 19 |
| public timeline, requests/s at 8 connections | 1,818 | 185 | 37 |
| posts/s at 4 connections | 73 | stopped answering | 89 |
| idle, MB · cold start, s | 121 · 1.1 | 7 · 0.02 | 340 · 3.1 |"""
ROWS = (
    ("home", "home timeline, 20 posts"),
    ("public", "public timeline, 20 posts"),
    ("post", "post, on the disk when answered"),
)
MB = 1.048576


def tables(found: dict[str, Any]) -> list[str]:
    """The lines of Markdown."""
    return [*_requests(found), "", *_bars(found), "", *_growth(found["growth"]), *PEERS.splitlines()]


def _requests(found: dict[str, Any]) -> list[str]:
    ours, bare = found["raf"], found["bare"]
    lines = [
        f"**Raf**, {found['posts']:,} posts by {found['accounts']:,} accounts, 32 connections, one core; the bare framework is "
        "Litestar and msgspec over the same file, without visibility rules, boosts or rate limits ([bench/raf](bench/raf)):",
        "",
        "| | Raf: CPU a request | requests/s | p99 | bare framework: CPU | Raf ÷ bare |",
        "|---|---|---|---|---|---|",
    ]
    for name, title in ROWS:
        row, other = ours[name], bare[name if name != "home" else "ready_home"]
        cost = row["cpu_us"]
        lines.append(
            f"| {title} | {cost} µs | {row['per_s']:,} | {row['p99_ms']:.0f} ms | {other['cpu_us']:,} µs | "
            f"{cost / other['cpu_us']:.2f} |"
        )
    return [
        *lines,
        "",
        "The bare home reads rows that were laid out beforehand; joined from whom one follows it takes "
        f"{bare['home']['cpu_us']:,} µs. The bare post is one row and nothing else; Raf's is an event with its read models, "
        f"the homes of about 60 followers who are all here, and {ours['post']['worker_cpu_us']} µs of the worker afterwards "
        "(the index of the search).",
    ]


def _bars(found: dict[str, Any]) -> list[str]:
    ours, fresh = found["raf"], found["fresh"]
    burst, sight, home, post = ours["burst"], ours["sight"], ours["home"], ours["post"]
    lines = ["| bar | wanted | found |", "|---|---|---|"]
    rows = [
        ("home timeline, 32 connections", "≥ 4,400/s, p99 ≤ 8 ms", f"{home['per_s']:,}/s, {home['p99_ms']:.1f} ms"),
        ("public timeline, the same", "≤ 8 ms", f"{ours['public']['per_s']:,}/s, {ours['public']['p99_ms']:.1f} ms"),
        (
            "durable posts with 60 followers",
            "≥ 2,000/s, p99 ≤ 30 ms",
            f"{post['per_s']:,}/s, {post['p99_ms']:.0f} ms",
        ),
        (
            f"homes read during a burst of {burst['posts']:,} posts",
            "answered",
            f"{burst['reads']:,} reads, {burst['refused_reads']} refused, p99 {burst['read_p99_ms']:.0f} ms, "
            f"at {burst['posts_per_s']:,} posts/s",
        ),
        ("a post shows in another open reader", "≤ 100 ms", f"{sight['p50_ms']} ms, p99 {sight['p99_ms']} ms"),
    ]
    for kind, title in (("sse", "server-sent events"), ("websocket", "WebSocket")):
        row = ours[kind]
        rows.append(
            (
                f"{row['readers']:,} live readers, {title}",
                "≥ 50,000 deliveries/s, ≤ 12 µs each",
                f"{row['per_s']:,}/s, {row['cpu_us']} µs, {row['missing']} missing",
            )
        )
    rows += [
        ("`ostrov up` to the first answer, new and with these posts", "≤ 1.5 s", f"{fresh['start_s']} s, {ours['start_s']} s"),
        ("idle, everything it starts, new and with these posts", "≤ 120 MB", f"{_memory(fresh)}; {_memory(ours)}"),
        ("idle CPU, all processes", "≤ 1 %", f"{fresh['idle_cpu_percent']} %, {ours['idle_cpu_percent']} %"),
    ]
    loaded, bare = sum(ours["loaded_mib"].values()) * MB, found["bare"]["loaded_mib"] * MB
    lines += [f"| {title} | {wanted} | {value} |" for title, wanted, value in rows]
    return [
        *lines,
        "",
        f"After all of this load it holds {loaded:.0f} MB; the bare framework, {bare:.0f} MB.",
    ]


def _memory(figures: dict[str, Any]) -> str:
    parts = {name: mib * MB for name, mib in figures["idle_mib"].items()}
    return f"{round(sum(parts.values()))} MB (" + ", ".join(f"{name} {round(mb)}" for name, mb in parts.items()) + ")"


def _growth(found: dict[str, Any]) -> list[str]:
    lines = [
        "CPU by the number of posts (a post with words, tags, mentions, replies; the worker tells people and keeps the index; "
        "PostgreSQL's own processes count):",
        "",
        "| | posts | home, warm | home, first after a start | post | its worker |",
        "|---|---|---|---|---|---|",
    ]
    for engine, title in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        if engine not in found:
            continue
        for row in found[engine]:
            lines.append(
                f"| {title} | {row['posts']:,} | {row['home_cpu_us']} µs | {row['home_first_cpu_us']:,} µs | "
                f"{row['post_cpu_us']} µs | {row['post_worker_cpu_us']} µs |"
            )
        ratios = found[f"{engine}_ratios"]
        names = ("home_cpu_us", "home_first_cpu_us", "post_cpu_us", "post_worker_cpu_us")
        lines.append(f"| {title} | largest ÷ smallest | " + " | ".join(f"{ratios[name]:.2f}" for name in names) + " |")
    return lines
