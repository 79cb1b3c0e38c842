/** nearest.py: which demos a call shows, as `nearest-demos.ts` and `embedded-demos.ts` find them. */
export const nearestPython = String.raw`"""Demos that are most like the inputs of a call."""

import math
import unicodedata

from values import plain, str_of


def nearest_demos(demos, inputs, k, names, embedder=None):
    """The k demos that are most like the inputs, the most similar first: by the words they share, or by their vectors."""
    texts = [inputs_text(dict(demo), names) for demo in demos]
    query = inputs_text(inputs, names)
    if embedder is not None:
        if query.strip() == "":
            return demos[:k]
        scores = by_vectors(texts, query, embedder)
    else:
        scores = by_words(texts, query)
    order = sorted(range(len(demos)), key=lambda index: (-scores[index], index))
    return [demos[index] for index in order[:k]]


def inputs_text(values, names):
    lines = (plain(values.get(name, "")) for name in names)
    return "\n".join(line if isinstance(line, str) else str_of(line) for line in lines)


def by_vectors(texts, query, embedder):
    asked = [text for text in texts if text.strip() != ""]
    vectors = iter(embedder(asked)) if asked else iter(())
    wanted = embedder([query])[0]
    found = [next(vectors) if text.strip() != "" else None for text in texts]
    return [0 if vector is None else sum(a * b for a, b in zip(vector, wanted)) / (math.sqrt(sum(a * a for a in vector)) or 1) for vector in found]


def by_words(texts, query):
    counted = [counts_of(text) for text in texts]
    frequency = {}
    for counts in counted:
        for term in counts:
            frequency[term] = frequency.get(term, 0) + 1

    def weigh(counts):
        weights = {
            term: (1 + math.log(count)) * math.log((len(texts) + 1) / (frequency.get(term, 0) + 0.5)) for term, count in counts.items()
        }
        norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1
        return {term: weight / norm for term, weight in weights.items()}

    wanted = weigh(counts_of(query))
    pool = [weigh(counts) for counts in counted]
    return [sum(weight * demo[term] for term, weight in wanted.items() if term in demo) for demo in pool]


def counts_of(text):
    """Words, and their pieces of three letters."""
    counts = {}
    for word in words_in(text.lower()):
        pieces = ["…" + word[at : at + 3] for at in range(len(word) - 2)] if len(word) > 3 else []
        for term in [word, *pieces]:
            counts[term] = counts.get(term, 0) + 1
    return counts


def words_in(text):
    word = ""
    for letter in text + " ":
        if unicodedata.category(letter)[0] in "LN":
            word += letter
        elif word:
            yield word
            word = ""
`
