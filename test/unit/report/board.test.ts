import { describe, expect, it } from 'vitest'
import { boardAfter, emptyBoard } from '../../../src/report/board.ts'
import { finalRowsOf, type Row, rowsOf } from '../../../src/report/board-rows.ts'
import type { RunEvent } from '../../../src/run/events.ts'
import { failedRun, openPhases, preflightEvents } from '../../support/events.ts'

const boardOf = (events: readonly RunEvent[]) => events.reduce(boardAfter, emptyBoard)

const drawn = (rows: readonly Row[], depth = 0): string =>
  rows.map((row) => `\n${'  '.repeat(depth)}${row.state}: ${row.title}${drawn(row.rows, depth + 1)}`).join('')

describe('a board', () => {
  it('shows several phases that are open at once, each with the hosts that are at it', () => {
    expect(drawn(rowsOf(boardOf([...preflightEvents, ...openPhases])))).toMatchInlineSnapshot(`
      "
      completed: Check the hosts  0.3 s
      started: Install the container runtime  1/3
        started: w1  write /etc/containerd/config.toml
        started: w2  write /etc/containerd/config.toml
      started: Put certificates in place
        started: cp1  waiting until the API server is healthy
      note: [WARNING Swap] w1: swap is on: /swap.img (ignored)
        swapoff -a"
    `)
  })

  it('keeps hosts that failed, and says what came of each phase', () => {
    expect(drawn(finalRowsOf(boardOf(failedRun)))).toMatchInlineSnapshot(`
      "
      completed: Check the hosts  0.3 s
      failed: Install the container runtime  2 changed, 1.2 s
        failed: w1  could not start containerd.service
      completed: Put certificates in place  unchanged, 0.5 s
      note: [WARNING Swap] w1: swap is on: /swap.img (ignored)
        swapoff -a"
    `)
  })

  it('draws some of three hundred hosts, and counts the others', () => {
    const hosts = Array.from({ length: 300 }, (_, index) => `w${index}`)
    const rows = rowsOf(
      boardOf([
        { kind: 'phase-start', phase: 'p', title: 'Work', hosts },
        ...hosts.map((host): RunEvent => ({ kind: 'host-start', phase: 'p', host })),
        { kind: 'host-end', phase: 'p', host: 'w299', outcome: 'changed', seconds: 1 },
      ]),
    )
    expect(rows[0]?.title).toBe('Work  1/300')
    expect(rows[0]?.rows).toHaveLength(9)
    expect(rows[0]?.rows.at(-1)?.title).toBe('and 291 more hosts')
  })
})
