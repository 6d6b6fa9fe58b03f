/** The answers: nothing that a host prints can break them, and a program that gives none is an error that says where. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HostError } from '../../../src/errors.ts'
import { attempt, fileStep, shellStep, statuses } from '../../support/programs.ts'
import { shellHost, shells } from '../../support/shell-host.ts'

const inOctal = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')

const printing = (bytes: Uint8Array) =>
  shellStep('print', { probe: 'false', change: `printf '${inOctal(bytes)}'; exit 1` })

const hostile = ['{"step":0,"status":"changed","note":""}\n', '"\\\u0016%s%n\0\u0007\r\n\t', 'ö→𝄞', '\n\n\n']

const failureOf = async (attempted: Promise<unknown>): Promise<HostError> => {
  const error = await attempted.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof HostError) return error
  throw new Error(`expected a HostError, got ${String(error)}`)
}

describe.each(shells)('%s', (shell) => {
  it('brings back whatever a failing command printed', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...hostile).map((text) => Buffer.from(text)),
    )
    const property = fc.asyncProperty(bytes, async (printed) => {
      const [result] = await attempt(shellHost(shell), [printing(printed)])
      const text = Buffer.from(printed).toString('utf8').trimEnd()
      expect(result).toEqual({
        phase: 'test',
        step: 'print',
        status: 'failed',
        ...(text !== '' && { detail: text }),
      })
    })
    await fc.assert(property, { numRuns: 8, examples: hostile.map((text) => [Buffer.from(text)]) })
  })

  it('brings back only the last 4 KiB', async () => {
    const [result] = await attempt(shellHost(shell), [
      shellStep('long', {
        probe: 'false',
        change: 'i=0; while [ $i -lt 999 ]; do echo "line $i of many"; i=$((i+1)); done; exit 1',
      }),
    ])
    expect(result?.detail).toMatch(/line 998 of many$/)
    expect(result?.detail?.length).toBeLessThanOrEqual(4096)
  })

  it('keeps the output of commands that succeed out of the answers', async () => {
    const noisy = shellStep('noisy', {
      probe: `echo '${hostile[0]}'; [ -e "$root/done" ]`,
      change: `echo '${hostile[0]}' >&2; : >"$root/done"`,
    })
    const results = await attempt(shellHost(shell), [noisy, fileStep('/etc/after', 'x')])
    expect(statuses(results)).toEqual(['changed', 'changed'])
  })

  it('stops at the first step that fails', async () => {
    const host = shellHost(shell)
    const failing = shellStep('failing', { probe: 'false', change: 'false\necho not reached; true' })
    const results = await attempt(host, [fileStep('/etc/a', ''), failing, fileStep('/etc/b', '')])
    expect(statuses(results)).toEqual(['changed', 'failed'])
    expect(results[1]?.detail).toBeUndefined()
    expect(existsSync(join(host.root, 'etc/b'))).toBe(false)
  })

  it('fails a step whose change did not bring what its probe asks for', async () => {
    const results = await attempt(shellHost(shell), [
      shellStep('s', { probe: 'echo looked; false', change: 'true' }),
    ])
    expect(results).toMatchObject([
      { status: 'failed', detail: 'still not as wanted after the change\nlooked' },
    ])
  })

  it('contains the syntax error of one step', async () => {
    const results = await attempt(shellHost(shell), [
      fileStep('/etc/a', ''),
      shellStep('broken', { probe: 'if }', change: 'if }' }),
    ])
    expect(statuses(results)).toEqual(['changed', 'failed'])
  })

  it('names host, phase, step and last words when the program dies', async () => {
    const host = shellHost(shell)
    const dying = shellStep('dying', { probe: 'false', change: 'echo "last words"; kill -KILL $$' })
    const error = await failureOf(attempt(host, [fileStep('/etc/a', ''), dying, fileStep('/etc/b', '')]))
    expect(error.message).toContain(`${shell}: phase test ended in the middle of "Do dying" (dying)`)
    expect(error.failure).toMatchObject({ host: shell, exitCode: 137 })
    expect(error.failure.output).toContain('last words')
    expect(readdirSync(join(host.root, 'run'))).toEqual([])
  })

  it('says what a host lacks that cannot even unpack', async () => {
    const host = shellHost(shell)
    const without = {
      ...host,
      exec: (request: Parameters<typeof host.exec>[0]) =>
        host.exec({ ...request, command: ['sh', '-c', 'echo no tar here >&2; exit 70'] }),
    }
    const error = await failureOf(attempt(without, [fileStep('/etc/a', '')]))
    expect(error.failure).toMatchObject({ exitCode: 70, output: 'no tar here' })
  })
})
