"""English: data files beside this binding."""

from agents.enrichment.languages import LanguagePack

PACK = LanguagePack("en", __package__)
