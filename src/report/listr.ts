/**
 * Reports to a terminal. Takes events; draws the phases that are open, with a row for each host that is at one, and keeps a line of
 * each that has ended. listr2 only draws here: its tasks are never run, their titles and states follow the board.
 */
import {
  DefaultRenderer,
  LISTR_DEFAULT_RENDERER_STYLE,
  Listr,
  type ListrDefaultRendererLogLevels,
  ListrLogger,
  ListrTaskState,
  ProcessOutput,
} from 'listr2'
import { type Board, boardAfter, emptyBoard } from './board.ts'
import { finalRowsOf, type Row, type RowState, rowsOf } from './board-rows.ts'
import { paintOf } from './paint.ts'
import { type RunEnd, summaryText } from './summary.ts'
import { tally } from './tally.ts'
import type { Reporter, ReporterStreams } from './types.ts'

const states: Readonly<Record<RowState, ListrTaskState>> = {
  started: ListrTaskState.STARTED,
  completed: ListrTaskState.COMPLETED,
  skipped: ListrTaskState.SKIPPED,
  failed: ListrTaskState.FAILED,
  note: ListrTaskState.WAITING,
}

/** Never run, so nothing is listened to, nothing ends the process, and no failure stops another task. */
const emptyList = () =>
  new Listr([], {
    registerSignalListeners: false,
    exitOnError: false,
    renderer: 'default',
    fallbackRenderer: 'silent',
  })

type Task = ReturnType<typeof emptyList>['tasks'][number]

const uncoloured = Object.fromEntries(
  Object.keys(LISTR_DEFAULT_RENDERER_STYLE.color ?? {}).map((level) => [
    level,
    (text?: string) => text ?? '',
  ]),
) as Record<ListrDefaultRendererLogLevels, (text?: string) => string>

/** Keeps tasks in step with rows: the same row is the same task for as long as it is there. */
const taskKeeper = () => {
  const list = emptyList()
  const known = new Map<string, Task>()
  const checks: Promise<boolean>[] = []
  const taskOf = (key: string): Task => {
    const found = known.get(key)
    if (found) return found
    const own = emptyList()
    own.add({ title: key, task: () => undefined })
    const [task] = own.tasks
    if (!task) throw new Error('listr2 made no task')
    // Tasks are drawn once they have found themselves to be enabled.
    checks.push(task.check({}))
    known.set(key, task)
    return task
  }
  // Plain fields, not the setters that redraw at once: the spinner draws ten times a second, however many events come.
  const toTask = (row: Row, parent: string): Task => {
    const key = `${parent}/${row.key}`
    const task = taskOf(key)
    task.title = row.title
    task.state = states[row.state]
    task.subtasks = row.rows.map((inner) => toTask(inner, key))
    return task
  }
  return {
    list,
    show: (rows: readonly Row[]): void => {
      list.tasks.splice(0, list.tasks.length, ...rows.map((row) => toTask(row, '')))
    },
    settled: async (): Promise<void> => {
      await Promise.all(checks)
    },
  }
}

/** stderr is drawn on; what anybody writes to either stream meanwhile is kept until the drawing has ended. */
const startDrawing = ({ stdout, stderr }: ReporterStreams, colour: boolean) => {
  const keeper = taskKeeper()
  // listr2 names a stream for drawing and one beside it after where they usually are.
  const processOutput = new ProcessOutput(stderr as NodeJS.WriteStream, stdout as NodeJS.WriteStream)
  const renderer = new DefaultRenderer(
    keeper.list.tasks,
    {
      collapseSkips: false,
      icon: { WAITING: '·', FAILED_WITH_SUBTASKS: '✖' },
      ...(colour ? {} : { color: uncoloured }),
      logger: new ListrLogger({ useIcons: true, processOutput }),
    },
    keeper.list.events,
  )
  const started = renderer.render()
  return {
    show: keeper.show,
    end: async (): Promise<void> => {
      await started
      await keeper.settled()
      renderer.end()
    },
  }
}

export const listrReporter = (
  streams: ReporterStreams,
  { colour }: { readonly colour: boolean },
): Reporter => {
  const counts = tally()
  let board: Board = emptyBoard
  let drawing: ReturnType<typeof startDrawing> | undefined
  let end: RunEnd | undefined
  const close = async (): Promise<void> => {
    const [drawn, ending] = [drawing, end]
    drawing = undefined
    end = undefined
    drawn?.show(finalRowsOf(board))
    await drawn?.end()
    if (ending) {
      const paint = paintOf(colour && streams.stdout.isTTY === true)
      streams.stdout.write(`${summaryText(ending, { ...counts.get(), paint })}\n`)
    }
  }
  return {
    emit: (event) => {
      counts.add(event)
      if (event.kind === 'run-end') end = event
      board = boardAfter(board, event)
      const rows = rowsOf(board)
      if (rows.length === 0) return
      drawing ??= startDrawing(streams, colour)
      drawing.show(rows)
    },
    close,
  }
}
