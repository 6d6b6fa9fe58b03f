import { describe, expect, it } from 'vitest'
import { describePlan, planAsJson } from '../../../src/report/plan.ts'
import type { Looked } from '../../../src/run/look.ts'

const looked: readonly Looked[] = [
  {
    phase: 'containerd',
    host: 'w1',
    step: '/etc/containerd/config.toml',
    title: 'write /etc/containerd/config.toml',
    status: 'pending',
    secret: false,
    before: 'version = 2\nroot = "/x"\u001b[2J\n',
    after: 'version = 3\nroot = "/x"\n',
  },
  {
    phase: 'containerd',
    host: 'w1',
    step: 'containerd.service',
    title: 'start containerd.service',
    status: 'pending',
    secret: false,
  },
  {
    phase: 'containerd',
    host: 'w2',
    step: 'x',
    title: 'write /etc/crictl.yaml',
    status: 'unchanged',
    secret: false,
  },
  {
    phase: 'certs',
    host: 'w1',
    step: 'ca.key',
    title: 'write /etc/kubernetes/pki/ca.key',
    status: 'pending',
    secret: true,
    bytes: 227,
    before: 'OLD SECRET',
    after: 'NEW SECRET',
  },
]

describe('a plan', () => {
  it('is shown by phase, host and step, with the difference of each file that is no secret', () => {
    expect(describePlan(looked, false)).toMatchInlineSnapshot(`
      "containerd
        w1
          ~ write /etc/containerd/config.toml
            @@ -1,2 +1,2 @@
            -version = 2
            +version = 3
             root = "/x"
          ~ start containerd.service

      certs
        w1
          ~ write /etc/kubernetes/pki/ca.key (secret, 227 bytes)

      3 to do, 1 right already, on 2 hosts."
    `)
  })

  it('shows what is right already when asked for', () => {
    expect(describePlan(looked, true)).toContain('  w2\n    = write /etc/crictl.yaml')
  })

  it('says so when there is nothing to do', () => {
    const nothing = looked.map((step): Looked => ({ ...step, status: 'unchanged' }))
    expect(describePlan(nothing, false)).toBe('Nothing to do: 2 hosts are as the cluster file says.')
  })

  it('is the same as JSON', () => {
    expect(planAsJson(looked)).toMatchObject({ pending: 3, unchanged: 1 })
    expect(planAsJson(looked).steps[0]?.diff).toBe(
      '@@ -1,2 +1,2 @@\n-version = 2\n+version = 3\n root = "/x"',
    )
  })

  it('holds no secret, even where it was given one', () => {
    expect(`${describePlan(looked, true)}${JSON.stringify(planAsJson(looked))}`).not.toContain('SECRET')
  })
})
