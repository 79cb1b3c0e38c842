// Floors from the ground up. A room imports lower floors only: never its neighbours, never anything above.
// Type imports count like any other: an exception for types would soon let everything through.
import path from 'node:path'

const floors = [['lib'], ['engine', 'ui'], ['storage', 'export', 'templates'], ['worker', 'cli'], ['state'], ['studio'], ['app']]
/** Floors inside a room, from the ground up. Files that lie in the room itself (a runtime, a registry of all) may reach each of them. */
const inner = {
  engine: [
    ['base'],
    ['blobs'],
    ['signature', 'user-code'],
    ['program'],
    ['lm'],
    ['trace', 'adapters'],
    ['providers', 'metrics'],
    ['tools'],
    ['project'],
    ['data', 'modules'],
    ['graph'],
    ['evaluate'],
    ['record'],
    ['optimizers'],
    ['run'],
    ['advice'],
  ],
  state: [['session'], ['document'], ['data', 'export'], ['runs'], ['commands']],
}
/** Extra fences: React stays above the engine, fakes stay out of the product, keys stay out of every exporter's reach. */
const onlyFrom = { ui: ['studio', 'app'], testing: [], 'storage/secrets': ['worker', 'storage'], 'storage/tool-hosts': ['worker', 'storage'] }
const source = path.resolve('src') + path.sep

export function verdict(filename, specifier) {
  if (!(specifier.startsWith('.') || specifier.startsWith('@/'))) return undefined
  if (/\.test\.tsx?$/.test(filename)) return undefined
  const from = partsOf(filename)
  const to = partsOf(specifier.startsWith('@/') ? source + specifier.slice(2) : path.resolve(path.dirname(filename), specifier))
  if (from[0] === '..' || from[0] === 'testing' || floorOf(from[0]) < 0) return undefined
  const fence = onlyFrom[to[0]] ?? onlyFrom[`${to[0]}/${(to[1] ?? '').replace(/\.tsx?$/, '')}`]
  if (fence && from[0] !== to[0] && !fence.includes(from[0])) return `${to.join('/')} is only for ${fence.join(', ') || 'tests'}`
  if (from[0] === to[0]) {
    if (from[0] === 'studio') return from[1] === to[1] ? undefined : 'rooms of the studio meet in app or state, not in each other'
    return inner[from[0]] && innerVerdict(inner[from[0]], from, to)
  }
  if (floorOf(to[0]) < 0) return `${to[0]} is no room of the house`
  if (floorOf(to[0]) >= floorOf(from[0])) return `${from[0]} (floor ${floorOf(from[0])}) does not reach ${to[0]} (floor ${floorOf(to[0])})`
  return undefined
}

function innerVerdict(order, from, to) {
  const [above, below] = [from, to].map(parts => (parts.length > 2 ? order.findIndex(floor => floor.includes(parts[1])) : order.length))
  if (from[1] === to[1] || above === order.length) return undefined
  if (above < 0) return `${from[0]}/${from[1]} has no floor in .oxlint/floors.mjs`
  if (below < 0) return `${to[0]}/${to[1]} has no floor in .oxlint/floors.mjs`
  return below >= above ? `${from[0]}/${from[1]} does not reach ${to.slice(0, 2).join('/')}` : undefined
}

function partsOf(file) {
  return path.relative(source, file.replace(/\?.*$/, '')).split(path.sep)
}

function floorOf(room) {
  return floors.findIndex(floor => floor.includes(room))
}

function check(context, node, specifier) {
  if (typeof specifier !== 'string') return
  const message = verdict(context.filename, specifier)
  if (message) context.report({ node, message })
}

const onSource = context => node => node.source && check(context, node, node.source.value)

export default {
  meta: { name: 'floors' },
  rules: {
    'no-upward-import': {
      meta: { type: 'problem', schema: [] },
      create: context => ({
        ImportDeclaration: onSource(context),
        ExportNamedDeclaration: onSource(context),
        ExportAllDeclaration: onSource(context),
        ImportExpression: onSource(context),
        TSImportType: node => check(context, node, node.source?.value ?? node.argument?.literal?.value ?? node.argument?.value),
      }),
    },
  },
}
