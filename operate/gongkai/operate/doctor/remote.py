"""Examines a deployment that `gongkai up` doesn't run, by what its services show over HTTP.

/health, /metrics and /log are enough: no password of a database, no file of another machine.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from gongkai.operate.doctor.finding import Finding

QUEUE_NEARLY_FULL: Final = 9_000  # commands in a queue that takes 10,000

Numbers = Mapping[
    tuple[str, tuple[str, ...]], float
]  # metric without `gongkai_`, values of its labels -> value

# A problem if it is above 0 in two snapshots and its age has grown: metric -> the metric of its age, the words.
_PENDING: Final = {
    "relay_lag_records": (
        "relay_lag_seconds",
        "转发落后 {n} 条且没有进展",
        "its relay is {n} records behind and doesn't move",
    ),
    "subscription_lag_positions": (
        "subscription_lag_seconds",
        "落后 {n} 个位置且没有进展",
        "is {n} positions behind and doesn't move",
    ),
    "checkpoint_open_records": (
        "checkpoint_age_seconds",
        "有 {n} 条记录未被检查点覆盖",
        "no checkpoint covers its last {n} records",
    ),
    "timers_overdue": ("", "{n} 个期限已到而未处理", "{n} timers are past their moment and weren't issued"),
}


async def examine(
    services: Mapping[str, str],
    token: str | None,
    between: float,
    transport: httpx.AsyncBaseTransport | None = None,
) -> list[Finding]:
    """`services`: name -> address. `token`: what a public service wants to see before it shows its numbers."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(trust_env=False, timeout=5, transport=transport) as client:
        found = [each for name, url in services.items() for each in await _health(client, name, url)]
        first = {name: await _numbers(client, url, headers) for name, url in services.items()}
        for name, said in first.items():
            found += (
                [_no_numbers(name, services[name], said)] if isinstance(said, str) else immediate(name, said)
            )
        if any(_is_anything_pending(n) for n in _read(first).values()):
            await asyncio.sleep(between)
            second = _read({name: await _numbers(client, url, headers) for name, url in services.items()})
            for name, before in _read(first).items():
                found += stuck(name, before, second.get(name, {}), between / 2)
        if "console" in services:
            found += await _logs(client, services["console"])
    return list(dict.fromkeys(found))


async def _health(client: httpx.AsyncClient, name: str, url: str) -> list[Finding]:
    where = f"{url}/health"
    try:
        answer = await client.get(where)
        said = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return [Finding(name, f"{where} 无应答：{error!r}", f"{where} doesn't answer: {error!r}")]
    if answer.status_code != httpx.codes.OK or not isinstance(said, dict):
        return [Finding(name, f"{where} 未就绪（{answer.status_code}）", f"{where} isn't ready")]
    if said.get("service") != name:
        other = said.get("service")
        return [Finding(name, f"{url} 上是别的服务：{other}", f"another service answers at {url}: {other}")]
    stopped = [
        Finding(f"{name} {s['log']}/{s['partition']}", "分区已停止", f"has stopped: {s['stopped']}")
        for s in said.get("stopped", [])
    ]
    halted = [
        Finding(f"{h['log']} relay", "转发已停止", f"has halted: {h['halted']}")
        for h in said.get("halted", [])
    ]
    return stopped + halted


async def _numbers(client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> Numbers | str:
    """What /metrics shows; a word of why it doesn't."""
    try:
        answer = await client.get(f"{url}/metrics", headers=headers)
        if answer.status_code != httpx.codes.OK:
            return f"HTTP {answer.status_code}"
        return {
            (sample.name.removeprefix("gongkai_"), tuple(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return repr(error)


def _read(all_of_them: Mapping[str, Numbers | str]) -> dict[str, Numbers]:
    return {name: numbers for name, numbers in all_of_them.items() if not isinstance(numbers, str)}


def _no_numbers(name: str, url: str, why: str) -> Finding:
    return Finding(
        name,
        f"{url}/metrics 没有给出指标：{why}；门户只答复本机或持有令牌（GONGKAI_METRICS_TOKEN）者",
        f"{url}/metrics shows nothing: {why}; the portal's is for its own machine, or for who has the token",
    )


def immediate(name: str, numbers: Numbers) -> Iterator[Finding]:
    """What one snapshot shows."""
    for (metric, labels), value in numbers.items():
        if metric == "database_up" and value == 0:
            yield Finding(name, "数据库不可用", "its database is not available")
        if metric == "history_open_records" and value > 0:
            log, what = labels  # in the order of the labels' names
            yield Finding(
                f"{name}.{what}",
                f"晚于日志 {log} 的 {value:.0f} 条记录启用，尚未用于历史，请执行 gongkai catch-up {name}.{what}",
                f"came after {value:.0f} records of the log {log} and wasn't applied to them: gongkai catch-up {name}.{what}",
            )
        if metric == "append_waiting_commands" and value > QUEUE_NEARLY_FULL:
            yield Finding(
                f"{name} {'/'.join(labels)}",
                f"{value:.0f} 个命令在排队，满 10000 即拒绝",
                f"{value:.0f} commands are waiting; from 10,000 on they are refused",
            )


def _is_anything_pending(numbers: Numbers) -> bool:
    """Whether a second snapshot is needed to tell a problem from work under way."""
    return any(value > 0 and metric in _PENDING for (metric, _), value in numbers.items())


def stuck(name: str, before: Numbers, after: Numbers, passed: float) -> Iterator[Finding]:
    """What was pending in both snapshots and hasn't moved: the oldest of it is `passed` seconds older."""
    for (metric, labels), value in before.items():
        later = after.get((metric, labels), 0.0)
        if metric not in _PENDING or value <= 0 or later <= 0:
            continue
        age, zh, en = _PENDING[metric]
        was, is_now = before.get((age, labels)), after.get((age, labels))
        if was is None or is_now is None or is_now - was >= passed:
            yield Finding(
                " ".join(filter(None, (name, "/".join(labels)))),
                zh.format(n=f"{later:.0f}"),
                en.format(n=f"{later:.0f}"),
            )


async def _logs(client: httpx.AsyncClient, url: str) -> list[Finding]:
    """Logs that nobody signs, by what any client of theirs gets to see."""
    try:
        said: dict[str, Any] = (await client.get(f"{url}/log")).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        return [Finding(f"{url}/log", f"无法读取日志清单：{error!r}", f"can't be read: {error!r}")]
    return [
        Finding(
            f"{log['name']} checkpoint",
            "从未签署过检查点：该服务没有得到签名密钥，或尚未启动",
            "was never signed: its service got no key to sign with, or hasn't started",
        )
        for log in said.get("logs", [])
        if not log["vkey"]
    ]
