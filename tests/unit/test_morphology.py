"""Which written forms a word is found in, and which words it must not be taken for."""

from __future__ import annotations

import pytest

from agents.enrichment.languages import pack

#: Base form to inflected ones.
ARABIC = {
    "هدنة": "الهدنة بالهدنة وللهدنة فبالهدنة هدنتهم هدنتين الهدن هدنتها كهدنة والهدنتان هدنتنا",
    "اتفاق": "والاتفاق اتفاقا باتفاق اتفاقهم اتفاقات للاتفاق اتفاقية الاتفاقيات فالاتفاق اتفاقين اتفاقان باتفاقهما كالاتفاق",
    "محافظة": "المحافظات محافظتي محافظته بالمحافظة محافظتان ومحافظات",
    "منطقة": "المناطق بمناطقهم منطقتين مناطقها",
    "قرار": "القرارات قرارهم بقراره قرارين وقراراته",
    "حكومة": "الحكومات حكومته حكومتا للحكومة وحكومتها حكومتهم حكومي",
    "مفاوضات": "المفاوضات مفاوضاتهم بمفاوضات مفاوضة والمفاوضات",
    "مسلح": "المسلحون المسلحين مسلحا مسلحة بمسلحين مسلحان",
    "مراقب": "المراقبون مراقبين مراقبو مراقبي",
    "هجوم": "الهجمات هجومين بهجوم هجومه هجماتهم",
    "صاروخ": "صواريخ الصواريخ بصاروخين صواريخها",
    "مدينة": "المدن مدينته بالمدينة مدينتي المدينتين مدنها",
    "وزير": "الوزراء وزراؤه وزيرا وزيري الوزيرين وزرائها وزيرة",
    "رئيس": "الرئيس رؤساء رئيسها برئيس الرئيسين رئيسة",
    "مقاتل": "المقاتلين مقاتلون مقاتلو مقاتلي مقاتليها",
    "جندي": "جنود الجنديين جنوده جنديا جنديان",
    "سنة": "سنوات السنة سنتين سنين",
    "كرة": "كرات الكرة كرتين",
    "شركة": "الشركات شركتها شركتين شركاتهم",
    "انتخاب": "الانتخابات انتخابه انتخابات انتخابهم والانتخابات",
    "عقوبة": "العقوبات عقوبته بعقوبات عقوبتين",
    "زلزال": "الزلازل زلزالا زلزالين بزلزال",
    "إعصار": "الأعاصير إعصارا بإعصار",
    "معارض": "المعارضة معارضين المعارضون معارضي معارضو",
    "دولة": "الدول دولتين دولتهم للدول الدولتان",
    "سوق": "الأسواق أسواقها السوق بأسواق",
    "حدود": "الحدود حدودها بحدودهما",
    "صفقة": "الصفقات صفقته بصفقتين",
    "سلاح": "الأسلحة أسلحتهم سلاحه بأسلحة وسلاحها",
    "ضحية": "الضحايا ضحاياهم",
    "أسير": "أسرى الأسرى أسراهم أسيرين",
    "قائد": "القادة قادتها قائدا قائدهم",
    "طائرة": "الطائرات طائرتين بطائرات طائراتها",
    "سفينة": "السفن سفينتين سفنها",
    "لاجئ": "اللاجئين لاجئون لاجئا لاجئي اللاجئون",
    "قضية": "القضايا قضيته قضيتين",
    "مساعدة": "المساعدات مساعداتهم بمساعدات",
    "عاصمة": "العواصم عاصمتها عاصمتين",
    "قوة": "القوات قواتها قوى قواته",
    "مستشفى": "مستشفيات المستشفى مستشفاهم",
    "وقع": "وقعت وقعوا يوقع توقعان يوقعون ستوقع",
    "أعلن": "أعلنت أعلنوا يعلن ستعلن",
    "فرض": "تفرض وفرضت يفرضون",
    "رفع": "يرفع رفعت",
    "نفى": "نفت نفوا ينفي وينفون",
    "دعا": "دعت يدعو",
    "اتفق": "اتفقت تتفقان",
}
ENGLISH = {
    "agreement": "agreements",
    "sign": "signs signed signing",
    "ceasefire": "ceasefires cease-fire",
    "violate": "violates violated violating",
    "collapse": "collapsed collapsing collapses",
    "talk": "talks talked talking",
    "country": "countries",
    "deny": "denies denied denying",
    "stop": "stopped stopping stops",
    "plan": "planned planning plans",
    "negotiate": "negotiated negotiating negotiates",
    "city": "cities",
    "army": "armies",
    "withdraw": "withdrew withdrawing withdrawn withdraws",
    "strike": "strikes struck striking",
    "missile": "missiles",
    "breach": "breaches breached breaching",
    "extend": "extended extends extending",
    "zone": "zones",
    "sanction": "sanctions sanctioned sanctioning",
    "election": "elections",
    "flood": "floods flooded flooding",
    "crisis": "crises",
    "woman": "women",
    "troop": "troops",
    "attack": "attacks attacked attacking",
    "kill": "killed killing kills",
    "impose": "imposed imposes imposing",
    "lift": "lifted lifting lifts",
    "veto": "vetoes vetoed vetoing",
    "vote": "voted votes voting",
    "hold": "held holding holds",
    "break": "broke broken breaking breaks",
    "refugee": "refugees",
    "hostage": "hostages",
    "release": "released releases releasing",
    "meet": "met meets meeting",
    "reach": "reached reaches",
    "begin": "began begun beginning begins",
    "die": "died dies dying",
    "leave": "left leaves leaving",
    "send": "sent sends sending",
    "official": "officials",
    "bus": "buses",
    "tax": "taxes taxed",
    "wife": "wives",
    "refer": "referred referring",
    "ban": "banned banning bans",
    "shell": "shelled shelling shells",
    "win": "won winning wins",
}
#: Word to words of its letters or its root that mean something else.
APART = {
    "ar": {
        "محافظة": "حفظ حافظ محفوظ",
        "هدنة": "هند هادن",
        "اتفاق": "نفق أفق توفيق",
        "كرة": "كر كري كرواتيا",
        "سوق": "سياق سائق",
        "حكومة": "حكم حكيم محكمة",
        "قرار": "قرى قراءة تقرير",
        "وزير": "وزارة زير وزر",
        "سنة": "سن سناء",
        "دولة": "دور دولار تداول",
        "قضية": "قضاء قاض",
        "شركة": "شرك شارك مشترك",
        "قائد": "قاد قيادة",
        "مدينة": "دين مدني",
        "عقوبة": "عقب عقبة",
        "حدود": "حديد",
        "سلاح": "سلام إصلاح",
        "جندي": "جنيد جند",
        "هجوم": "نجوم هجرة",
        "صاروخ": "صراخ",
        "منطقة": "منطق",
        "قوة": "قو",
        "طائرة": "طائر طير",
        "مساعدة": "ساعد",
        "لاجئ": "لاج جاء",
        "ضحية": "ضحى",
        "سفينة": "سفير",
        "زلزال": "زال",
        "علم": "عمل",
        "حرب": "حربة حراب",
        "عام": "عامل",
        "باب": "با",
        "بلد": "بلدية",
        "مال": "مالي",
        "كاتب": "كتاب مكتب",
        "ولد": "وليد",
        "جامعة": "جامع جماعة جمعة",
        "مصر": "مصرف مصير",
        "نار": "نهار",
        "صحة": "صح",
        "صحيفة": "صحافة",
    },
    "en": {
        "new": "news",
        "sing": "sign",
        "king": "kin",
        "bring": "br",
        "sanction": "sanctity",
        "unit": "united",
        "state": "station",
        "hop": "hope",
        "plan": "plane planet",
        "car": "care",
        "star": "stare started",
        "us": "use",
        "pass": "passe",
        "rat": "rate",
        "bas": "base",
        "bar": "bare",
        "ration": "rational",
        "general": "generate",
        "deed": "de",
        "feed": "fe",
        "hum": "human",
        "thing": "thin",
        "ass": "as",
        "paris": "pari",
        "morning": "morn",
        "wing": "w",
        "mission": "miss",
        "universe": "university",
        "army": "arm arms",
        "secure": "security",
        "cent": "center",
        "war": "warned warning",
        "ear": "earning",
    },
}


def same(code: str, one: str, other: str) -> bool:
    return bool(pack(code).stems(one) & pack(code).stems(other))


@pytest.mark.parametrize(("code", "table"), [("ar", ARABIC), ("en", ENGLISH)])
def test_at_least_95_of_100_inflected_forms_are_found(code: str, table: dict[str, str]) -> None:
    pairs = [(base, form) for base, forms in table.items() for form in forms.split()]
    missed = [pair for pair in pairs if not same(code, *pair)]
    assert len(pairs) >= 100
    assert len(missed) <= 0.05 * len(pairs), missed


@pytest.mark.parametrize("code", ["ar", "en"])
def test_at_most_2_of_100_other_words_are_taken_for_it(code: str) -> None:
    pairs = [(base, other) for base, others in APART[code].items() for other in others.split()]
    merged = [pair for pair in pairs if same(code, *pair)]
    assert len(merged) <= 0.02 * len(pairs), merged


@pytest.mark.parametrize("code", ["ar", "en"])
def test_a_word_is_a_form_of_itself(code: str) -> None:
    for base in {"ar": ARABIC, "en": ENGLISH}[code]:
        assert same(code, base, base)
