/** The value of the first written-out calculation in a text, such as `12 * (3 + 4)`; undefined where there is none. */
export function calculationIn(text: string): { readonly text: string; readonly value: number } | undefined {
  const found = /\(?-?(?<!\d)\d+(?:\.\d+)?\)?(?:\s*[-+*/×÷^]\s*\(*-?\d+(?:\.\d+)?\)*)+/.exec(
    text.replace(/(\d),(?=\d{3}\b)/g, '$1').replace(/(\d)\s*x\s*(?=\d)/g, '$1 * '),
  )
  if (found === null || /^\d+\/\d+$/.test(found[0]) || /^\d{1,4}-\d{1,2}(-\d{1,4})?$/.test(found[0])) return undefined
  const value = evaluate(found[0])
  return value === undefined ? undefined : { text: found[0].trim(), value }
}

function evaluate(text: string): number | undefined {
  const tokens = text.match(/\d+(?:\.\d+)?|[-+*/×÷^()]/g) ?? []
  let at = 0
  const atom = (): number => {
    const token = tokens[at]
    at += 1
    if (token === '-') return -atom()
    if (token !== '(') return Number(token)
    const inner = sum()
    at += 1
    return inner
  }
  const power = (): number => {
    const base = atom()
    if (tokens[at] !== '^') return base
    at += 1
    return base ** power()
  }
  const product = (): number => {
    let value = power()
    for (let sign = tokens[at]; sign !== undefined && '*/×÷'.includes(sign); sign = tokens[at]) {
      at += 1
      value = sign === '*' || sign === '×' ? value * power() : value / power()
    }
    return value
  }
  const sum = (): number => {
    let value = product()
    for (let sign = tokens[at]; sign === '+' || sign === '-'; sign = tokens[at]) {
      at += 1
      value = sign === '+' ? value + product() : value - product()
    }
    return value
  }
  const value = sum()
  return Number.isFinite(value) ? value : undefined
}
