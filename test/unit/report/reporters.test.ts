import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/report/redact.ts'
import { createReporter } from '../../../src/report/reporter.ts'
import type { RunEvent } from '../../../src/run/events.ts'
import { failedRun } from '../../support/events.ts'

const reported = async (
  events: readonly RunEvent[],
  options: { readonly output?: 'text' | 'json'; readonly verbose?: boolean; readonly isTTY?: boolean } = {},
  secrets: readonly string[] = [],
) => {
  const written = { stdout: '', stderr: '' }
  const streamOf = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text
      return true
    },
  })
  const redactor = createRedactor()
  secrets.forEach(redactor.add)
  const reporter = createReporter({
    output: 'text',
    verbose: false,
    isTTY: false,
    noColor: true,
    ...options,
    redact: redactor.redact,
    stdout: streamOf('stdout'),
    stderr: streamOf('stderr'),
  })
  events.forEach(reporter.emit)
  await reporter.close()
  await reporter.close()
  return written
}

describe('in a pipe', () => {
  it('says each change in a line on stderr, the same progress once, and the summary on stdout', async () => {
    const { stdout, stderr } = await reported(failedRun)
    expect(stderr).toMatchInlineSnapshot(`
      "[WARNING Swap] w1: swap is on: /swap.img (ignored)
        swapoff -a
      [containerd] w1: write /etc/containerd/config.toml … changed
      [containerd] w2: write /etc/containerd/config.toml … changed
      [certs] cp1: waiting until the API server is healthy
      [containerd] w1: start containerd.service … failed
          Job for containerd.service failed.
          See journalctl -u containerd.
      [containerd] w1: failed: could not start containerd.service
      "
    `)
    expect(stdout).toMatchInlineSnapshot(`
      "Failed after 2.1 s: 2 changed, 1 unchanged
      1 warning above.

        phase       seconds  changed  unchanged
        containerd      1.2        2          1  1 host failed

      Next:
        to go on: slipway apply -c cluster.yaml

      Log: logs/x.log
      "
    `)
  })

  it('says what is unchanged, and when, if asked for', async () => {
    const { stderr } = await reported(failedRun, { verbose: true })
    expect(stderr).toContain('[containerd] cp1: write /etc/containerd/config.toml … unchanged\n')
    expect(stderr).toContain('[containerd] ended after 1.2 s\n')
  })
})

describe('as JSON', () => {
  it('gives the events as they are, a line each, and nothing else', async () => {
    const { stdout, stderr } = await reported(failedRun, { output: 'json' })
    expect(stderr).toBe('')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(failedRun)
  })
})

describe('on a terminal', () => {
  // Everything that was drawn and cleared again stands before the last frame.
  const lastFrame = (text: string): string => text.slice(text.lastIndexOf('✔ Check the hosts'))

  it('keeps a line of each phase, the hosts that failed, and what was found', async () => {
    const { stdout, stderr } = await reported(failedRun, { isTTY: true })
    expect(lastFrame(stderr).replace('\u001b[?25h', '')).toMatchInlineSnapshot(`
      "✔ Check the hosts  0.3 s
      ✖ Install the container runtime  2 changed, 1.2 s
        ✖ w1  could not start containerd.service
      ✔ Put certificates in place  unchanged, 0.5 s
      · [WARNING Swap] w1: swap is on: /swap.img (ignored)
          swapoff -a
      "
    `)
    expect(stdout).toMatch(/^Failed after 2\.1 s: 2 changed, 1 unchanged\n/)
  })

  it('leaves no phase turning and shows the cursor again when the run ends in the middle', async () => {
    const { stderr } = await reported(failedRun.slice(0, 12), { isTTY: true })
    expect(lastFrame(stderr)).toMatch(/✖ Install the container runtime.* stopped\n/)
    expect(stderr.endsWith('\u001b[?25h')).toBe(true)
  })

  it('draws nothing at all where nothing happened', async () => {
    expect(await reported([], { isTTY: true })).toEqual({ stdout: '', stderr: '' })
  })
})

describe('whatever is chosen', () => {
  const secret = 'correct "horse"\\battery'
  const hostile = `\u001b[2J\u001b]0;title\u0007 ${secret.slice(0, 5)}\u001b[31m${secret.slice(5)} \u202e\r`
  const events: readonly RunEvent[] = [
    { kind: 'phase-start', phase: 'p', title: `Title ${secret}`, hosts: ['h'] },
    { kind: 'host-start', phase: 'p', host: 'h' },
    { kind: 'progress', phase: 'p', host: 'h', message: hostile },
    { kind: 'step', phase: 'p', host: 'h', step: secret, title: secret, status: 'changed', detail: hostile },
    { kind: 'finding', finding: { id: 'X', severity: 'error', host: 'h', message: hostile, remedy: secret } },
    { kind: 'message', level: 'warning', text: `${secret} ${hostile}` },
    { kind: 'host-end', phase: 'p', host: 'h', outcome: 'failed', seconds: 1, error: hostile },
    { kind: 'phase-end', phase: 'p', seconds: 1 },
    {
      kind: 'run-end',
      outcome: 'failed',
      seconds: 1,
      changed: 0,
      unchanged: 0,
      phases: [],
      next: [secret, hostile],
      log: secret,
    },
  ]

  it.each([{}, { verbose: true }, { isTTY: true }, { output: 'json' as const }])(
    'shows no secret: %j',
    async (options) => {
      const { stdout, stderr } = await reported(events, options, [secret])
      expect(`${stdout}${stderr}`).toContain('[redacted]')
      expect(`${stdout}${stderr}`).not.toMatch(/horse|battery/)
    },
  )

  it.each([{}, { verbose: true }])('obeys no host: %j', async (options) => {
    const { stdout, stderr } = await reported(events, options, [secret])
    expect(`${stdout}${stderr}`).not.toMatch(/(?![\n\t])\p{Cc}|\u202e/u)
  })

  it('lets no host write its own sequences among those of the drawing', async () => {
    const { stderr } = await reported(events, { isTTY: true }, [secret])
    expect(stderr).not.toMatch(/title|\u202e|\[2J|\[31m/)
  })
})
