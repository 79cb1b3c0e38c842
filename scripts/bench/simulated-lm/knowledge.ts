/**
 * What the simulated LM knows of the world before it reads a prompt: a few words about topics that helpdesks and hotels talk of, as any
 * model has read of them. It covers less than half of what the tasks need; the rest has to come from demos or instructions.
 */
export const topicWords: Readonly<Record<string, string>> = {
  billing: 'invoice refund card payment charge receipt',
  identity: 'password login account locked',
  quality: 'bug wrong broken',
  platform: 'slow crash server timeout',
  partners: 'integration slack partner',
  training: 'tutorial course learn',
  product: 'feature wish roadmap',
  maintenance: 'leak boiler lamp',
  it_desk: 'printer network laptop',
  security: 'stranger alarm theft',
  first_aid: 'injured bleeding fainted',
  housekeeping: 'towel dirty linen',
  catering: 'buffet kitchen coffee',
}

/** Words that speak for an arithmetic operation; the demos and rules of a prompt add to them. */
export const operationWords = {
  add: 'total altogether together plus sum',
  subtract: 'left remain difference change fewer',
  multiply: 'each every per times',
  divide: 'share split divided equally',
} as const
export type Operation = keyof typeof operationWords
export const operations: readonly Operation[] = ['add', 'subtract', 'multiply', 'divide']

/** How a rule in an instruction may name an operation. */
export const operationNames: Readonly<Record<Operation, RegExp>> = {
  add: /\b(?:add|adds|addition|sum|plus)\b/i,
  subtract: /\b(?:subtract|subtracts|subtraction|minus|take away|difference)\b/i,
  multiply: /\b(?:multiply|multiplies|multiplication|times|product of)\b/i,
  divide: /\b(?:divide|divides|division|quotient)\b/i,
}
