/** A text or number in its surroundings, as named features. */
export type Features = ReadonlyMap<string, number>

export interface TaughtInstance<C extends string> {
  readonly features: Features
  readonly answer: C
  readonly weight: number
  /** What is believed of each class before any teaching, as scores. */
  readonly prior: ReadonlyMap<C, number>
}

/** A trained classifier: what to add to the prior scores of a new case. */
export type Taught<C extends string> = (features: Features) => ReadonlyMap<C, number>

export interface TeachOptions {
  readonly epochs: number
  readonly rate: number
  /** Pull of each weight towards 0 per epoch. */
  readonly decay: number
}

/**
 * Softmax regression on top of prior scores, by plain gradient steps in a fixed order: it learns only what the prior got
 * wrong, so a few instances improve it and cannot wreck it.
 */
export function teach<C extends string>(classes: readonly C[], instances: readonly TaughtInstance<C>[], options: TeachOptions): Taught<C> {
  const weights = new Map<string, Float64Array>()
  const rows = instances.map(instance => {
    let norm = 0
    for (const value of instance.features.values()) norm += value * value
    const scale = 1 / Math.sqrt(norm || 1)
    const cells = [...instance.features].map(([feature, value]) => {
      let row = weights.get(feature)
      if (row === undefined) weights.set(feature, (row = new Float64Array(classes.length)))
      return { row, value: value * scale }
    })
    return {
      cells,
      answer: classes.indexOf(instance.answer),
      weight: instance.weight,
      prior: classes.map(one => instance.prior.get(one) ?? 0),
    }
  })
  for (let epoch = 0; epoch < options.epochs; epoch += 1) {
    for (const { cells, answer, weight, prior } of rows) {
      const chances = softmax(prior.map((score, at) => score + cells.reduce((sum, cell) => sum + (cell.row[at] ?? 0) * cell.value, 0)))
      chances.forEach((chance, at) => {
        const step = options.rate * weight * ((at === answer ? 1 : 0) - chance)
        for (const cell of cells) cell.row[at] = (cell.row[at] ?? 0) + step * cell.value
      })
    }
    for (const row of weights.values()) for (let at = 0; at < row.length; at += 1) row[at] = (row[at] ?? 0) * (1 - options.decay)
  }
  return features => {
    let norm = 0
    for (const value of features.values()) norm += value * value
    const scale = 1 / Math.sqrt(norm || 1)
    const scores = new Float64Array(classes.length)
    for (const [feature, value] of features) {
      const row = weights.get(feature)
      if (row !== undefined) for (let at = 0; at < scores.length; at += 1) scores[at] = (scores[at] ?? 0) + (row[at] ?? 0) * value * scale
    }
    return new Map(classes.map((one, at) => [one, scores[at] ?? 0]))
  }
}

function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores)
  const powers = scores.map(score => Math.exp(score - top))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map(power => power / total)
}
