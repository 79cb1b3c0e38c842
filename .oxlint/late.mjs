// What arrives late may find a newer state: it is set through `turn.take` (src/lib/turns.ts), never by itself. A React state is set late where
// its setter is called after an `await` or handed to `then`, `catch`, `finally` or the end of a mutation; a store and the document likewise.

const functions = new Set(['ArrowFunctionExpression', 'FunctionDeclaration', 'FunctionExpression'])
const loops = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement'])
const isLaterName = /^(then|catch|finally)$/
const isEndOfMutation = /^on(Success|Error|Settled)$/

const rule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const setters = new Set(['edit', 'editShown'])
    const awaits = []
    const sets = []
    const isSetter = node =>
      (node.type === 'Identifier' && setters.has(node.name)) ||
      (node.type === 'MemberExpression' && !node.computed && node.property.name === 'setState')
    return {
      VariableDeclarator({ id, init }) {
        if (init?.type !== 'CallExpression' || init.callee.type !== 'Identifier' || !/^use(State|Reducer)$/.test(init.callee.name)) return
        const name = id.type === 'ArrayPattern' ? id.elements[1]?.name : undefined
        if (name !== undefined) setters.add(name)
      },
      AwaitExpression(node) {
        awaits.push(node)
      },
      CallExpression(node) {
        sets.push(node)
      },
      'Program:exit'() {
        for (const call of sets) {
          const found = isLater(call) ? call.arguments.filter(isSetter) : []
          if (isSetter(call.callee) && isLateCall(call)) found.push(call)
          for (const node of found)
            context.report({ node, message: 'A late result is set through a turn: turn.take(…), see src/lib/turns.ts' })
        }
      },
    }

    function isLateCall(call) {
      const home = functionAround(call)
      if (home === undefined) return false
      if (isLater(home.parent) && home.parent.arguments.includes(home)) return true
      if (home.parent.type === 'Property' && isEndOfMutation.test(home.parent.key.name)) return true
      const loop = loopAround(call, home)
      return awaits.some(
        each =>
          functionAround(each) === home && (end(each) <= start(call) || (loop && start(each) >= start(loop) && end(each) <= end(loop))),
      )
    }
  },
}

function isLater(node) {
  return node?.type === 'CallExpression' && node.callee.type === 'MemberExpression' && isLaterName.test(node.callee.property.name ?? '')
}

function functionAround(node) {
  let at = node.parent
  while (at && !functions.has(at.type)) at = at.parent
  return at ?? undefined
}

/** A loop comes round to what stands before the `await`, too. */
function loopAround(node, home) {
  let at = node.parent
  while (at && at !== home && !loops.has(at.type)) at = at.parent
  return at && at !== home ? at : undefined
}

const start = node => node.range[0]
const end = node => node.range[1]

export default { meta: { name: 'late' }, rules: { 'no-set-without-turn': rule } }
