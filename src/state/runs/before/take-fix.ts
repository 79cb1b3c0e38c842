import type { StartFix } from '@/engine/advice/before/start-problem'
import { setCells } from '../../data/dataset-commands'
import { setMapping, setMetric, setRunSettings, setSplit } from '../../document/edits/project-edits'
import { setOutputType } from '../../document/edits/retype'
import { currentProject } from '../../document/project-store'
import { goTo } from '../../session/navigation'
import { paths } from '../../session/paths'
import { setDataFocus, type DataFocus } from '../../session/session-store'

/** Mends what stands against a run, as one step to undo, or goes where it is put right. */
export async function takeFix(fix: StartFix): Promise<void> {
  const { mapping, datasetId } = currentProject()
  switch (fix.kind) {
    case 'set-type':
      return setOutputType(fix.output, fix.type)
    case 'change-cells':
      if (datasetId !== undefined) await setCells(datasetId, fix.rows, { column: fix.column, value: fix.to })
      return undefined
    case 'map-column':
      return setMapping({ ...mapping, [fix.side]: { ...mapping[fix.side], [fix.field]: fix.column } })
    case 'set-split':
      return setSplit(fix.split, 'now')
    case 'set-metric':
      return setMetric(fix.metric, 'now')
    case 'set-budget':
      return setRunSettings({ budget: fix.budget }, 'now')
    case 'show-rows':
      return openData({ kind: 'rows', rows: fix.rows })
    case 'open-mapping':
      return openData({ kind: 'mapping', field: fix.field })
    case 'open-data':
      return openData(undefined)
    default: {
      const never: never = fix
      return never
    }
  }
}

function openData(focus: DataFocus | undefined): void {
  setDataFocus(focus)
  goTo(paths.data(currentProject().id))
}
