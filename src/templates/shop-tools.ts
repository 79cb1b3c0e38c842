import type { Json } from '@/lib/json'
import { shopCatalogue } from './shop-catalogue'

/** As tools hold it: each runs in a code runner of its own, so whatever one of them knows stands in its own code. */
const catalogue = `const catalogue = [
${shopCatalogue.map(row => `  ${JSON.stringify(row)},`).join('\n')}
].map(([name, kind, price, stock, weight]) => ({ name, kind, price, stock, weight }))

// "Kettles" and "kettle" are the same word.
const wordsOf = text => (text.toLowerCase().match(/[a-z]+/g) ?? []).map(word => word.replace(/s$/, ''))
`

export const shopTools: readonly Json[] = [
  {
    name: 'list_products',
    desc: 'Lists all products of a kind with their prices.',
    args: [{ name: 'kind', type: { kind: 'str' }, desc: 'A kind of product, such as lamp.' }],
    source: `${catalogue}
const wanted = wordsOf(inputs.kind)
const found = catalogue.filter(({ name }) => wordsOf(name).some(word => wanted.includes(word)))
return found.map(({ name, price }) => ({ name, price }))
`,
  },
  {
    name: 'product_details',
    desc: 'Tells the price of one product, how many pieces are in stock, and its weight in kilograms.',
    args: [{ name: 'name', type: { kind: 'str' }, desc: 'The name of the product.' }],
    source: `${catalogue}
const wanted = wordsOf(inputs.name)
const found = catalogue.filter(({ name }) => wanted.length > 0 && wanted.every(word => wordsOf(name).includes(word)))
if (found.length === 0) throw new Error(\`No product is called "\${inputs.name}". Search for it.\`)
if (found.length > 1) throw new Error(\`Several products are called so: \${found.map(({ name }) => name).join(', ')}.\`)
const [{ name, price, stock, weight }] = found
return { name, price, stock, weight_kg: weight }
`,
  },
  {
    name: 'delivery_cost',
    desc: 'Works out what delivery costs for a weight.',
    args: [{ name: 'weight_kg', type: { kind: 'float' }, desc: 'Weight of the parcel in kilograms.' }],
    source: `if (inputs.weight_kg <= 0) throw new Error('A parcel weighs something.')
if (inputs.weight_kg <= 1) return 3.9
if (inputs.weight_kg <= 3) return 6.5
return inputs.weight_kg <= 6 ? 9.9 : 16
`,
  },
]

/** Says of a wrong answer what the shop knows about questions of its kind: what a search by reflection learns from. */
export const shopMetric = `(example, prediction) => {
  const hints = {
    total: 'The price from product_details should be multiplied by the number of pieces.',
    stock: 'The answer should be yes or no: compare the stock from product_details with the number of pieces.',
    cheapest: 'The answer should be the name of the product that list_products shows with the lowest price.',
    dearest: 'The answer should be the name of the product that list_products shows with the highest price.',
    delivery: 'After product_details there should be a call of delivery_cost, whose result is the answer.',
  }
  const text = value => String(value ?? '').trim().toLowerCase()
  const isNumber = value => value !== '' && Number.isFinite(Number(value))
  const [expected, given] = [text(example.answer), text(prediction.answer)]
  const isRight = isNumber(expected) && isNumber(given) ? Math.abs(expected - given) < 0.005 : expected === given
  return isRight ? { score: 1 } : { score: 0, feedback: \`Expected \${example.answer}, got \${prediction.answer}. \${hints[example.kind]}\` }
}`
