"""Every refusal says what to do: the reason itself, or the advice that stands after it."""

import re

import pytest

from samut_edge.flows.kiosk_states import Language
from samut_edge.kiosk_advice import ADVICE, Advice, advice_on
from samut_rules.reasons import Code, sentence

TELLS_WHAT_TO_DO = {
    Language.THAI: re.compile(r"กรุณา|ลองใหม่|ได้ตั้งแต่|ก่อนจึง|หยิบมา|เลือกวันอื่น|เลือกเวลา|ก่อน$|ตรวจวัน"),
    Language.ENGLISH: re.compile(r"[Pp]lease|first|Take it|Choose|Cancel|choose|Try again|Check the|Return"),
}


@pytest.mark.requirement("H-06")
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", Code)
def test_every_refusal_says_what_to_do(code: Code, language: Language) -> None:
    says_itself = TELLS_WHAT_TO_DO[language].search(sentence(code, {}, language.value)) is not None
    advice = advice_on(code).said(language)
    assert says_itself or advice, sentence(code, {}, language.value)


@pytest.mark.parametrize("advice", [advice for advice in Advice if advice is not Advice.SAID])
def test_advice_is_given_in_both_languages(advice: Advice) -> None:
    thai, english = (advice.said(language) for language in (Language.THAI, Language.ENGLISH))
    assert re.search(r"[฀-๿]", thai)
    assert not re.search(r"[฀-๿]", english)
    assert english.endswith(".")


def test_a_reason_of_a_newer_hub_is_one_for_the_desk() -> None:
    assert advice_on("moon_is_full") is Advice.ASK_DESK


def test_no_advice_is_for_a_reason_that_there_is_not() -> None:
    assert set(ADVICE) <= set(Code)
