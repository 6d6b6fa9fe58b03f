import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { openLog } from '../../../src/report/log-file.ts'
import { createRedactor } from '../../../src/report/redact.ts'
import { failedRun } from '../../support/events.ts'

const folder = mkdtempSync(join(tmpdir(), 'slipway-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const { redact } = createRedactor()

describe('openLog', () => {
  it('writes every event with its time, as it comes, readable by its owner alone', () => {
    const log = openLog(
      join(folder, 'a', 'logs'),
      'apply',
      redact,
      () => new Date('2030-01-02T03:04:05.678Z'),
    )
    failedRun.forEach(log.emit)
    const lines = readFileSync(log.path, 'utf8').trimEnd().split('\n')
    log.close()
    expect(lines.map((line): unknown => JSON.parse(line.slice('2030-01-02T03:04:05.678Z '.length)))).toEqual(
      failedRun,
    )
    expect(log.path).toMatch(/2030-01-02T03-04-05\.678-apply-\d+\.log$/)
    expect(mode(log.path)).toBe('600')
    expect(mode(join(folder, 'a', 'logs'))).toBe('700')
  })

  it('writes no secret, even one that JSON would write in another way', () => {
    const redactor = createRedactor()
    redactor.add('pass"word\\1')
    redactor.add('first line of it\nsecond line of it')
    const log = openLog(join(folder, 'b'), 'init', redactor.redact)
    log.emit({ kind: 'message', level: 'info', text: 'x pass"word\\1 first line of it\nsecond line of it' })
    log.close()
    const text = readFileSync(log.path, 'utf8')
    expect(text).toContain('x [redacted] [redacted]')
    expect(text).not.toMatch(/word|line of it/)
  })

  it('keeps the newest twenty, and what is no log', () => {
    const logs = join(folder, 'c')
    mkdirSync(logs)
    for (let day = 10; day < 35; day++)
      writeFileSync(join(logs, `2020-01-${day}T00-00-00.000-apply-1.log`), '')
    writeFileSync(join(logs, 'notes.log'), '')
    openLog(logs, 'apply', redact).close()
    const left = readdirSync(logs)
    expect(left.filter((name) => name.startsWith('20'))).toHaveLength(20)
    expect(left).toContain('notes.log')
    expect(left).not.toContain('2020-01-15T00-00-00.000-apply-1.log')
    expect(left).toContain('2020-01-16T00-00-00.000-apply-1.log')
  })

  it('says where it cannot write', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => openLog(join(folder, 'file', 'logs'), 'apply', redact)).toThrow(UserError)
  })
})
