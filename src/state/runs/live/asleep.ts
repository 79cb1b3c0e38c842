import { useQuery } from '@tanstack/react-query'
import { heldRuns, runLiveness } from '@/storage/run-locks'
import { isUnderWay, type RunRecord } from '@/storage/records'
import { getRun } from '@/storage/runs'
import { useLiveRuns } from './live-runs'
import { systemClock } from '@/lib/system-clock'

/** True while another tab holds this run without a sign of life: the browser froze it, and it will not go on by itself. */
export function useIsAsleep({ id, status }: Pick<RunRecord, 'id' | 'status'>): boolean {
  const isOwn = useLiveRuns(state => state.runs[id]?.isOwn === true)
  const isOpen = isUnderWay(status)
  const { data } = useQuery({
    queryKey: ['runSleep', id],
    queryFn: async () => {
      const [run, held] = await Promise.all([getRun(id), heldRuns()])
      return run !== undefined && runLiveness(run, held, systemClock.date()) === 'asleep'
    },
    enabled: isOpen && !isOwn,
    refetchInterval: 5_000,
  })
  return isOpen && !isOwn && data === true
}
