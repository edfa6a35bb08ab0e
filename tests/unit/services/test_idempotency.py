"""Whatever was decided before: a command said twice has one effect, and every refusal can be read."""

from datetime import date, timedelta
from types import ModuleType
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from gongkai.contracts.clauses import marked
from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import (
    AnswerKind,
    Attribute,
    Category,
    Channel,
    ConsultationKind,
    ErasureGround,
    Ground,
    Indicator,
    Opinion,
    ReleaseEnd,
    StandingRole,
    UnitKind,
)
from gongkai.intake.applicants import aggregate as applicant
from gongkai.intake.applications import aggregate as application
from gongkai.intake.documents import aggregate as document
from gongkai.intake.units import aggregate as unit
from gongkai.publishing.release import aggregate as publication
from gongkai.review.consultation import aggregate as consultation
from gongkai.review.release import aggregate as release
from gongkai.review.secrecy import aggregate as secrecy_review
from gongkai.rules.release import gate
from gongkai.rules.release.docket import docket_of
from gongkai.scoring.scores import aggregate as score
from tests.unit.examples import (
    D1,
    D2,
    D3,
    a_consultation_answered,
    a_document_drafted,
    a_need,
    a_ref,
    a_release_requested,
    a_review_withdrawn,
    a_secrecy_reviewed,
    an_officer,
    sealed,
)
from tests.unit.given import MONDAY, decides, reads_well, rules

people = st.sampled_from(["wang-fang", "chen-jing", "zhou-wei"])
units = st.sampled_from(["education", "finance"])
digests = st.sampled_from([D1, D2, D3])
words = st.sampled_from(["", " ", "不涉密", "标准尚未批准 "])
lines = st.sampled_from(["招生通知", " 补助标准"])
boxes = st.builds(sealed, st.sampled_from(["YQ==", "Yg=="]))
kinds = st.sampled_from(ConsultationKind)
days = st.dates(date(2026, 2, 9), date(2026, 4, 30))
refs = st.builds(a_ref, st.integers(1, 4))
releases = st.sampled_from(["release-1", "release-2"])
dockets = st.builds(
    docket_of,
    st.lists(
        st.tuples(
            st.one_of(
                st.builds(a_secrecy_reviewed, digest=digests, opinion=st.sampled_from(Opinion), draft=refs),
                st.builds(a_review_withdrawn, digest=digests, draft=refs),
                st.builds(a_consultation_answered, digest=digests, agrees=st.booleans()),
                st.builds(a_document_drafted, digest=digests, attribute=st.sampled_from(Attribute)),
            ),
            refs,
        ),
        max_size=4,
    ).map(lambda facts: [(a_document_drafted(), a_ref(1)), *facts]),
    st.just(Register()),
)

COMMANDS: dict[ModuleType, st.SearchStrategy[Any]] = {
    unit: st.builds(
        unit.Register,
        unit=units,
        name=lines,
        kind=st.sampled_from(UnitKind),
        jurisdiction=st.just("sc"),
        government=st.none() | units,
        superior=st.none() | units,
        roles=st.lists(st.sampled_from(StandingRole), max_size=2).map(tuple),
        officers=st.lists(st.builds(an_officer, people), max_size=2).map(tuple),
        by=people,
    ),
    document: st.builds(
        document.Draft,
        document=st.just("doc-1"),
        unit=units,
        title=lines,
        number=st.none() | lines,
        category=st.sampled_from(Category),
        attribute=st.none() | st.sampled_from([*Attribute, "nonsense"]),
        reason=words,
        summary=words,
        digest=digests,
        media_type=st.just("text/plain"),
        size=st.just(1),
        formed_on=days,
        consult=st.lists(st.builds(a_need, units, kinds), max_size=2).map(tuple),
        by=people,
    ),
    application: st.one_of(
        st.builds(
            application.Receive,
            application=st.just("app-1"),
            receipt=lines,
            unit=units,
            channel=st.sampled_from(Channel),
            applicant=boxes,
            request=boxes,
            received_on=st.none() | days,
            code_digest=digests,
            by=people,
        ),
        st.builds(
            application.Answer,
            kind=st.sampled_from(AnswerKind),
            letter=boxes,
            grounds=st.lists(st.sampled_from([*Ground, "nonsense"]), max_size=2).map(tuple),
            by=people,
        ),
        st.builds(application.DeclareOverdue, by=people),
    ),
    applicant: st.builds(
        applicant.Erase,
        person=st.just("applicant-1"),
        application=st.sampled_from(["app-1", "app-2"]),
        unit=units,
        ground=st.sampled_from(ErasureGround),
        unanswered=st.integers(0, 2),
        by=people,
    ),
    secrecy_review: st.one_of(
        st.builds(
            secrecy_review.Request,
            document=st.just("doc-1"),
            unit=units,
            title=lines,
            attribute=st.sampled_from(Attribute),
            digest=digests,
            drafted_by=people,
            draft=refs,
            by=people,
        ),
        st.builds(
            secrecy_review.Examine,
            digest=digests,
            opinion=st.sampled_from(Opinion),
            basis=st.lists(words, max_size=2).map(tuple),
            reason=words,
            by=people,
            draft=st.none() | refs.map(lambda ref: ref.id),
        ),
    ),
    consultation: st.one_of(
        st.builds(
            consultation.Request,
            consultation=st.just("con-1"),
            document=st.just("doc-1"),
            digest=digests,
            title=lines,
            unit=st.just("education"),
            asked=st.just("finance"),
            kind=kinds,
            matters=lines,
            opinion=lines,
            draft=refs,
            returned=st.booleans(),
            by=people,
        ),
        st.builds(
            consultation.Answer,
            agrees=st.booleans(),
            reason=words,
            signed_by=st.none() | people,
            deputies=st.frozensets(people),
            by=people,
        ),
        st.builds(
            consultation.Object,
            reason=words,
            signed_by=st.none() | people,
            deputies=st.frozensets(people),
            by=people,
        ),
        st.builds(consultation.Lapse, by=people),
    ),
    publication: st.one_of(
        st.builds(
            publication.RequestRelease,
            release=releases,
            draft=st.builds(
                gate.Draft,
                document=st.just("doc-1"),
                unit=st.just("education"),
                title=lines,
                number=st.none() | lines,
                category=st.sampled_from(Category),
                attribute=st.sampled_from(Attribute),
                summary=words,
                digest=digests,
                media_type=st.just("text/plain"),
                size=st.just(1),
                formed_on=days,
                consult=st.just(()),
                ref=refs,
            ),
            digest=digests,
            by=people,
        ),
        st.builds(
            publication.Close,
            release=releases,
            reason=st.sampled_from(ReleaseEnd),
            evidence=refs,
            by=people,
        ),
    ),
    release: st.builds(
        release.Decide,
        request=st.builds(a_release_requested, release=st.just("release-1"), digest=digests, draft=refs),
        docket=dockets,
        by=people,
    ),
    score: st.builds(
        score.Change,
        unit=st.just("education"),
        year=st.just(2026),
        indicator=st.sampled_from(Indicator),
        case=st.sampled_from(["application-app-1", "application-app-2"]),
        evidence=st.lists(refs, min_size=1, max_size=2).map(tuple),
        by=people,
    ),
}
EVERY_AGGREGATE = pytest.mark.parametrize(
    "aggregate", COMMANDS, ids=lambda module: module.__name__.split(".")[-1]
)


@EVERY_AGGREGATE
@hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])  # a busy machine
@hypothesis.given(data=st.data())
def test_a_command_said_twice_has_one_effect(aggregate: ModuleType, data: st.DataObject) -> None:
    under = rules(data.draw(st.sampled_from(["cn", "sc", "cx", "wy", "ls"])))
    waits = st.timedeltas(timedelta(0), timedelta(days=40))
    state, now = None, MONDAY
    for command in data.draw(st.lists(COMMANDS[aggregate], max_size=8)):
        now += data.draw(waits)
        decide = decides(type(command))
        try:
            events = decide(state, command, under, now)
        except (Refused, BadInput) as refusal:
            reads_well(refusal)
            continue
        assert all((event.by, event.at) == (command.by, now) for event in events)
        for event in events:
            state = aggregate.evolve(state, event)
        assert decide(state, command, under, now + data.draw(waits)) == []


@EVERY_AGGREGATE
def test_every_command_is_decided_by_one_function_that_names_its_clause(aggregate: ModuleType) -> None:
    commands = [
        each
        for each in vars(aggregate).values()
        if isinstance(each, type) and each.__module__ == aggregate.__name__ and "by" in each.__annotations__
    ]
    names = {name for names in marked().values() for name in names}
    assert commands
    for command in commands:
        assert f"{aggregate.__name__}.{decides(command).__name__}" in names
