/** What is done to keep keys and data safe, and what cannot be done. */
export function SecuritySection() {
  return (
    <dl className="flex flex-col gap-3">
      {facts.map(({ what, how }) => (
        <div key={what}>
          <dt className="font-medium">{what}</dt>
          <dd className="text-soft">{how}</dd>
        </div>
      ))}
    </dl>
  )
}

const facts = [
  {
    what: 'Where your data goes',
    how: 'Projects, data, runs and traces are kept in this browser’s own storage. Rows leave it in one way only: inside requests to the model provider that you chose. The studio has no server, no analytics and no crash reports.',
  },
  {
    what: 'Your code',
    how: 'Code nodes and code metrics run in a JavaScript engine compiled to WebAssembly, in a worker, with a limit on time and memory. They see the values handed to them and nothing else: no page, no network, no keys.',
  },
  {
    what: 'What models and files may do',
    how: 'Answers of models, imported rows and names are shown as plain text, never as HTML. The page loads no script, font or image from elsewhere.',
  },
  {
    what: 'What nobody can promise',
    how: 'A malicious browser extension, malware, or someone at your unlocked computer can do in this page what you can do. Give the studio keys with a spending limit, and forget them when you are done.',
  },
]
