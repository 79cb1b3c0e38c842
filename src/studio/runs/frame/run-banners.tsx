import { CircleAlert, FileWarning, Gauge, GitFork, Hourglass, Unplug } from 'lucide-react'
import { Link } from 'wouter'
import type { ErrorJson } from '@/engine/base/errors'
import { paths } from '@/state/session/paths'
import { errorWords } from '@/state/runs/outcome'
import type { RunOnPage } from '@/state/runs/run-on-page'
import { AsleepBanner } from './asleep-banner'
import { Banner } from '../kit/banner'
import { InterruptedBanner } from './interrupted-banner'
import { failedRows, RaiseCaps } from '../kit/raise-caps'

interface RunBannersProps {
  readonly shown: RunOnPage
  readonly now: number
}

/** What stands in a run's way, or has: waiting, interrupted, out of budget, failed, off its record. */
export function RunBanners({ shown, now }: RunBannersProps) {
  const { view, record, totals, waiting, live, status, problem } = shown
  const error = view.end?.error ?? record?.error
  const { missing = 0 } = view
  const divergence = view.divergence ?? record?.divergence
  return (
    <>
      {live && status !== 'paused' && waiting?.outage !== undefined && (
        <Banner tone="warn" icon={<Unplug />} title="No answer from the provider">
          {waiting.reason} <span aria-hidden="true">{nextTry(waiting.until - now)}</span>
        </Banner>
      )}
      {live && waiting !== undefined && waiting.outage === undefined && waiting.until > now && (
        <Banner tone="warn" icon={<Hourglass />} title={`Waiting for the provider until ${timeWords(waiting.until)}`}>
          {waiting.reason}
        </Banner>
      )}
      {problem?.facts?.['until'] !== undefined && (
        <Banner tone="warn" icon={<Hourglass />} title={`Paused: ${errorWords(problem).toLowerCase()}`}>
          {problem.message}
        </Banner>
      )}
      {problem !== undefined && problem.facts?.['until'] === undefined && (
        <Banner
          tone="bad"
          icon={<CircleAlert />}
          title={`Paused: ${errorWords(problem).toLowerCase()}`}
          action={<Remedy error={problem} projectId={record?.projectId} />}
        >
          {problem.message} Nothing is lost: the run goes on from here once you resume it.
        </Banner>
      )}
      {record !== undefined && <AsleepBanner record={record} />}
      {status === 'interrupted' && record !== undefined && <InterruptedBanner record={record} totals={totals} />}
      {status === 'capped' && record !== undefined && (
        <Banner tone="warn" icon={<Gauge />} title="The run reached a cap" action={<RaiseCaps record={record} />}>
          {view.end?.sentence ?? record.finish}
        </Banner>
      )}
      {status === 'failed' && error !== undefined && (
        <Banner
          tone="bad"
          icon={<CircleAlert />}
          title={errorWords(error)}
          action={
            record !== undefined && failedRows(record) !== undefined ? (
              <RaiseCaps record={record} />
            ) : (
              <Remedy error={error} projectId={record?.projectId} />
            )
          }
        >
          {error.message}
        </Banner>
      )}
      {missing > 0 && (
        <Banner
          tone="warn"
          icon={<FileWarning />}
          title={missing === 1 ? '1 step of this run cannot be read' : `${missing} steps of this run cannot be read`}
        >
          Their records are damaged. What is shown here comes from the others; a run that is resumed tells them again.
        </Banner>
      )}
      {divergence !== undefined && (
        <Banner tone="warn" icon={<GitFork />} title={`After it was resumed, this run left its record at event ${divergence.seq}`}>
          The steps before that are the recorded ones; those after it were computed again. Another version of the studio, or of what is
          outside it, is the usual cause.
          <details className="mt-1 text-sm">
            <summary>What differs</summary>
            <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 font-mono text-xs">
              <dt>Recorded</dt>
              <dd className="break-all">{divergence.expected}</dd>
              <dt>Now</dt>
              <dd className="break-all">{divergence.got}</dd>
            </dl>
          </details>
        </Banner>
      )}
    </>
  )
}

/** Where the cause of a failure can be fixed. */
function Remedy({ error, projectId }: { readonly error: ErrorJson; readonly projectId: string | undefined }) {
  const place = remedies[error.code]
  if (place === undefined || projectId === undefined) return null
  const href =
    place === 'settings'
      ? paths.settings()
      : place === 'data'
        ? paths.data(projectId)
        : place === 'compile'
          ? paths.compile(projectId)
          : paths.project(projectId)
  return (
    <Link href={href} className="rounded-xs text-accent-text underline">
      {remedyNames[place]}
    </Link>
  )
}

type Place = 'settings' | 'data' | 'compile' | 'build'
const remedyNames: Readonly<Record<Place, string>> = {
  settings: 'Open settings',
  data: 'Open data',
  compile: 'Open the compile settings',
  build: 'Open the program',
}
const remedies: Partial<Record<ErrorJson['code'], Place>> = {
  'lm-auth': 'settings',
  'lm-quota': 'settings',
  'lm-model-not-found': 'compile',
  'lm-network': 'compile',
  'lm-unreachable': 'compile',
  'metric-failed': 'compile',
  'budget-too-small': 'compile',
  'params-invalid': 'compile',
  'data-invalid': 'data',
  'graph-invalid': 'build',
  'code-failed': 'build',
  'storage-full': 'settings',
}

function nextTry(ms: number): string {
  return ms <= 0 ? 'Trying now.' : `Next try in ${Math.ceil(ms / 1000)} s.`
}

function timeWords(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}
