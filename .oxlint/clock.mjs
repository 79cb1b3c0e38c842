// What passed is measured by a clock that knows no date: a date may be set on or back at any moment. `Date.now` and `performance.now` are
// kept to one file by `no-restricted-properties`; this rule keeps dates out of sums and comparisons.
function isDate(node) {
  return node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && node.callee.property.name === 'date'
}

export default {
  meta: { name: 'clock' },
  rules: {
    'no-duration-from-date': {
      meta: { type: 'problem', schema: [] },
      create: context => ({
        BinaryExpression(node) {
          if (!['-', '<', '>', '<=', '>='].includes(node.operator)) return
          if (isDate(node.left) || isDate(node.right))
            context.report({ node, message: 'A date may be set on or back at any moment. Measure with now() of the same clock.' })
        },
        NewExpression(node) {
          if (node.callee.name === 'Date' && node.arguments.length === 0)
            context.report({ node, message: 'The date comes from the clock: new Date(systemClock.date()).' })
        },
      }),
    },
  },
}
