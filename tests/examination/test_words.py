"""Every sentence of an examination has a text in each language, and no text is left over."""

import ast
import json
from pathlib import Path
import re
from string import Formatter

import pytest

from custom_components.lovato_dmed4.examination import run
from custom_components.lovato_dmed4.examination.clues import Clues, Finding
from custom_components.lovato_dmed4.examination.place import Needs, Transport
from custom_components.lovato_dmed4.examination.places import PLACES
from custom_components.lovato_dmed4.examination.run import Examination, Verified, Wishes
from custom_components.lovato_dmed4.examination.words import Words, _paths, english, said
from custom_components.lovato_dmed4.ocmf import Reason, Verdict

from .helpers import charged, examined, saved

FOLDER = Path(run.__file__).parent
TRANSLATIONS = FOLDER.parent / "translations"
LANGUAGES = sorted(file.stem for file in TRANSLATIONS.glob("*.json"))
SAID = re.compile(r"[a-z]+\.[a-z_]+")


def texts_of(language: str) -> dict[str, str]:
    content = json.loads((TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8"))
    return dict(_paths(content["config_panel"]))


def named_in_the_code() -> set[str]:
    """Collect the texts that the code names one by one."""
    calls = [
        node
        for file in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("said", "Said")
    ]
    constants = [
        node.value
        for call in calls
        for node in ast.walk(call.args[0])
        if isinstance(node, ast.Constant)
    ]
    return {text for text in constants if isinstance(text, str) and SAID.fullmatch(text)}


def looked_at() -> set[str]:
    """Collect the places that the clues name, of which something can be seen."""
    source = "".join(file.read_text(encoding="utf-8") for file in FOLDER.glob("*_clues.py"))
    return {name for name in PLACES if f'"{name}"' in source}


async def steps() -> set[str]:
    over_rest = await examined(charged({}, sessions=0), "rest")
    over_modbus = await examined(charged({}, sessions=0), "modbus")
    return {*over_rest.outcomes, *over_modbus.outcomes}


async def test_each_text_is_there_and_none_is_left_over() -> None:
    needed = {
        *(f"about.{name}" for name in PLACES),
        *(f"needs.{needs}" for needs in Needs),
        *(f"reading.{name}.{one.lower()}" for name in looked_at() for one in PLACES[name].readings),
        *(f"outcome.{outcome}" for outcome in run._OUTCOMES.values()),
        *(f"step.{step}" for step in await steps()),
        *named_in_the_code(),
    }
    for language in LANGUAGES:
        there = {
            path.removeprefix("examination.")
            for path in texts_of(language)
            if path.startswith("examination.")
        }
        hints = {path for path in there if path.startswith("hint.")}
        assert hints == {"hint.hour_counters", "hint.measure_scale"}
        assert there - hints == needed, language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_a_sentence(language: str) -> None:
    """Whatever an examination may find: one reading, several, none, or nothing at all."""
    texts = texts_of(language)
    words = Words(texts)
    findings = [
        Finding(name, readings, looked=True)
        for name in looked_at()
        for readings in (*((one,) for one in PLACES[name].readings), PLACES[name].readings, ())
    ]
    sentences = [words.sentence(one) for one in findings]
    assert len(set(sentences)) == len(sentences)
    for text in sentences:
        assert text.endswith(".")
        assert "{" not in text
        assert "examination." not in text
    not_looked = [one for transport in Transport for one in Clues(transport).findings()]
    reasons = [words.why_open(one) for one in not_looked]
    assert not [text for text in reasons if "{" in text or "examination." in text]


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_each_language_has_its_own_words(language: str) -> None:
    """What no language changes: a number, a path, and the letters of the alphabet."""
    english_texts, texts = texts_of("en"), texts_of(language)
    same = [
        path
        for path, text in texts.items()
        if path.startswith("examination.")
        and text == english_texts[path]
        and "{" not in text
        and not path.startswith("examination.step.")
    ]
    assert same == []
    for path, text in english_texts.items():
        names = {name for _, name, _, _ in Formatter().parse(text) if name}
        own = {name for _, name, _, _ in Formatter().parse(texts[path]) if name}
        assert own == names, path


def test_the_last_record_is_judged_in_the_words_of_the_rest() -> None:
    words = Words(texts_of("de"))
    for verdict in Verdict:
        for reason in Reason:
            record = Examination(record=Verified(858, verdict, reason)).told(words)["last_record"]
            assert record.startswith("Der letzte Datensatz hat 858 Bytes. ")
            assert "examination." not in record
            assert str(reason) not in record.split()
    none = Examination(record=Verified(0)).told(words)["last_record"]
    unreadable = Examination(record=Verified(7)).told(words)["last_record"]
    assert none == "Es gibt keinen letzten Datensatz."
    assert unreadable == "Der letzte Datensatz hat 7 Bytes. Er ist nicht lesbar."
    assert Examination().told(words)["last_record"] == "Der letzte Datensatz ließ sich nicht holen."


def test_addresses_say_who_answered() -> None:
    told = Examination(units={1: 5, 5: 5, 255: None}, ports={502: True, 1001: False}).told(
        english()
    )
    assert told["addresses"] == [
        "When unit 1 is asked, unit 5 answers.",
        "Unit 5 answers.",
        "Unit 255 does not answer.",
        "A DMED4 answers over Modbus TCP at port 502.",
        "No DMED4 answers over Modbus TCP at port 1001.",
    ]


def test_a_text_that_is_missing_is_shown_by_its_key() -> None:
    assert Words({}).text(said("outcome.done")) == "examination.outcome.done"


async def test_the_file_is_in_english() -> None:
    examination = await examined(charged({}), "modbus", Wishes(ports=()))
    told, file = examination.told(english()), saved(examination)
    assert file["words"] == told["readings"] != []
    assert file["open"] == told["open"] != []
    assert file["steps"]["last record"] == "done"
    assert file["record"] == told["last_record"]
