"""Arabic: data files beside this binding."""

from agents.enrichment.languages import LanguagePack

PACK = LanguagePack("ar", __package__)
