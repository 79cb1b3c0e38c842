/** A score of 0–1 as `77.0 %`: one digit always, so that scores in a list line up and an even one looks no less exact. */
export function scorePercent(score: number): string {
  return `${(score * 100).toFixed(1)} %`
}

/** A share of work, space or weight as `77 %`. */
export function wholePercent(share: number): string {
  return `${Math.round(share * 100)} %`
}
