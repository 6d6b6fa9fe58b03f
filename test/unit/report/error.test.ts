import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../src/api/client.ts'
import { HostError, Interrupted, UserError } from '../../../src/errors.ts'
import { describeError } from '../../../src/report/error.ts'

const failed = (host: string, output?: string): HostError =>
  new HostError('could not start containerd.service', {
    host,
    doing: 'phase containerd',
    exitCode: 1,
    output,
    hint: 'see journalctl -u containerd',
  })

describe('describeError', () => {
  it("shows a user's mistake as a sentence and what to do", () => {
    expect(describeError(new UserError('no such file', { hint: 'name it with -c' }))).toEqual({
      exitCode: 2,
      text: 'error: no such file\n  → name it with -c',
    })
  })

  it('shows what failed on a host, where, and the last of what it printed', () => {
    const output = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')
    const { text, exitCode } = describeError(failed('w1', `${output}\u001b[2J\r\n`))
    expect(exitCode).toBe(1)
    expect(text).toMatchInlineSnapshot(`
      "error: w1: could not start containerd.service (phase containerd, exit code 1)
        | … 25 lines before
        | line 25
        | line 26
        | line 27
        | line 28
        | line 29
        | line 30
        | line 31
        | line 32
        | line 33
        | line 34
        | line 35
        | line 36
        | line 37
        | line 38
        | line 39
        → see journalctl -u containerd"
    `)
  })

  it('names a host once, and what was being done once', () => {
    const error = new HostError('w1: phase kubelet ended in the middle', {
      host: 'w1',
      doing: 'phase kubelet',
    })
    expect(describeError(error).text).toBe('error: w1: phase kubelet ended in the middle')
  })

  it('groups the errors of several hosts by host', () => {
    const nested = new AggregateError([failed('w2', 'no\nspace'), new Error('of a kind nobody expected')])
    const { text, exitCode } = describeError(new AggregateError([failed('w1'), nested, failed('w1')]))
    expect(exitCode).toBe(1)
    expect(text.replaceAll(/^ +at .*\n?/gm, '').replace(/Node .*/, 'Node …')).toMatchInlineSnapshot(`
      "error: failed on w1, w2
        w1:
          could not start containerd.service (phase containerd, exit code 1)
            → see journalctl -u containerd
          could not start containerd.service (phase containerd, exit code 1)
            → see journalctl -u containerd
        w2:
          could not start containerd.service (phase containerd, exit code 1)
            | no
            | space
            → see journalctl -u containerd
        error: something happened that Slipway did not expect. Please report it, with what follows:
          Error: of a kind nobody expected
          Node …
          → running the same command again is safe: it goes on from where things are"
    `)
  })

  it('asks for a report of what nobody expected, with its stack and causes', () => {
    const { text, exitCode } = describeError(new TypeError('x is not a function', { cause: new Error('y') }))
    expect(exitCode).toBe(1)
    expect(text).toMatch(/Please report it/)
    expect(text).toMatch(/TypeError: x is not a function\n +at /)
    expect(text).toMatch(/caused by Error: y\n +at /)
  })

  it.each<[string, unknown, number, RegExp]>([
    ['interrupted', new Interrupted(), 130, /^interrupted$/],
    ['interrupted on some hosts', new AggregateError([failed('w1'), new Interrupted()]), 130, /w1/],
    ["only users' mistakes", new AggregateError([new UserError('a'), new UserError('b')]), 2, /a\n.*b/],
    ['a mistake and a failure', new AggregateError([new UserError('a'), failed('w1')]), 1, /a/],
    ['a code of its own', new UserError('drift', { exitCode: 3 }), 3, /drift/],
    ['the API', new ApiError(403, 'pods is forbidden'), 1, /^error: the cluster's API refused \(403\): pods/],
    ['no error at all', 'a string', 1, /a string/],
    ['an empty list', new AggregateError([], 'nothing in it'), 1, /nothing in it/],
  ])('%s', (_, error, exitCode, text) => {
    const described = describeError(error)
    expect(described.exitCode).toBe(exitCode)
    expect(described.text).toMatch(text)
  })
})
