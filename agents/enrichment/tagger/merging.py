"""Names that no table knows, merged: one entity for each thing in an article, under its fullest name.

- a short name is the person or thing of a longer one that it ends, or for a person begins (أوغلو after مولود جاويش أوغلو); a
  single word that ends a person's name is that person, whatever type it was read as;
- a name in brackets right after another of its type is the same (منظمة النور (منور)), also after one that a table knows;
- names that sound alike are spellings of one (جاويش, شاويش), by the letters that names.yaml takes for each other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.records import Entity, EntityType, Label, Mention

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Longer names stand for themselves.
_LONGEST_SHORT = 2
_FIELDS = ("title", "body")
_BODIES = frozenset({EntityType.ORGANISATION, EntityType.GROUP})

#: A thing by its type and the words of its name.
Key = tuple[EntityType, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in a field; `words` are normalised, without proclitics.

    `beside` is the end of the word before the bracket that the name alone stands in, -1 if it stands in none.
    """

    mention: Mention
    type: EntityType
    words: tuple[str, ...]
    beside: int = -1


def merge(
    linked: tuple[Entity, ...], names: Sequence[Name], sound: Callable[[str], str], language: str
) -> tuple[Entity, ...]:
    """The `linked` entities, with short names in brackets after theirs, then one for each thing that `names` name.

    `sound` gives a word's spelling for comparison. Labels are in `language`, in English if labels have no such one.
    """
    if not names:
        return linked
    keys = _keys(names, sound)
    aliases: dict[Key, Key | str] = {}
    ends: dict[tuple[str, int], tuple[EntityType, Key | str]] = {
        (m.field, m.end): (entity.type, entity.id) for entity in linked for m in entity.mentions if not m.demonym
    }
    ends |= {(name.mention.field, name.mention.end): (name.type, key) for name, key in zip(names, keys, strict=True)}
    for name, key in zip(names, keys, strict=True):
        kind, meant = ends.get((name.mention.field, name.beside), (None, key))
        if meant != key and (kind is name.type or {kind, name.type} <= _BODIES):
            aliases.setdefault(key, meant)
    mentions: dict[Key | str, list[Mention]] = {}
    for name, key in zip(names, keys, strict=True):
        mentions.setdefault(aliases.get(key, key), []).append(name.mention)
    known = tuple(_with_more(entity, mentions.get(entity.id, [])) for entity in linked)
    return known + tuple(_entity(*key, named, language) for key, named in mentions.items() if not isinstance(key, str))


def _keys(names: Sequence[Name], sound: Callable[[str], str]) -> list[Key]:
    """For each name the thing it is a name of."""
    sounds = [tuple(map(sound, name.words)) for name in names]
    first: dict[tuple[EntityType, tuple[str, ...]], Key] = {}  # the spelling that stands first
    for name, sounding in zip(names, sounds, strict=True):
        first.setdefault((name.type, sounding), (name.type, name.words))
    wholes = sorted(first, key=lambda whole: (-len(whole[1]), whole))
    return [first[_whole(name.type, sounding, wholes)] for name, sounding in zip(names, sounds, strict=True)]


def _whole(kind: EntityType, words: tuple[str, ...], wholes: Sequence[Key]) -> Key:
    """The longest name that ends or, for persons, begins with a short one."""
    size = len(words)
    for other, longer in wholes if size <= _LONGEST_SHORT else ():
        if len(longer) <= size:
            break
        ends = longer[-size:] == words
        if other is kind and (ends or (kind is EntityType.PERSON and longer[:size] == words)):
            return other, longer
        if other is EntityType.PERSON and ends and size == 1:
            return other, longer
    return kind, words


def _with_more(entity: Entity, mentions: list[Mention]) -> Entity:
    if not mentions:
        return entity
    ordered = sorted((*entity.mentions, *mentions), key=lambda m: (_FIELDS.index(m.field), m.start))
    return entity.model_copy(update={"mentions": tuple(ordered)})


def _entity(kind: EntityType, words: tuple[str, ...], mentions: list[Mention], language: str) -> Entity:
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]
    label = max(mentions, key=lambda mention: len(mention.text)).text
    return Entity(
        id=f"marsad:{kind.value}/{digest}",
        type=kind,
        label=Label(**{language if language in Label.model_fields else "en": label}),
        parents=(),
        country=None,
        mentions=tuple(mentions),
    )
