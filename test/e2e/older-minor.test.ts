/** The other minor that the catalog has: from its own bundle, on hosts from which nothing leads anywhere but to each other. */
import { beforeAll, describe, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { useLab } from '../support/lab.ts'
import { kubectl, onHost } from '../support/on-host.ts'
import { slipway } from '../support/slipway.ts'

const kubernetes = '1.36.4'
const lab = useLab({ workers: 1, kubernetes })

/** A default route to nobody: without any, not even the addresses of Services would be sent on their way. */
const cutOff = (): Promise<unknown> => {
  const nobody = lab().subnet.replace(/0\/24$/, '254')
  return Promise.all(
    ['cp1', 'w1'].map((node) => onHost(lab(), node, `ip route replace default via ${nobody}`)),
  )
}

beforeAll(async () => {
  await createBundle({ kubernetes, arches: ['amd64'], say: console.log })
  await cutOff()
})

describe(`Kubernetes ${kubernetes}`, () => {
  test('comes up, and a second run finds nothing to do', async () => {
    const first = await slipway('apply', '-c', lab().clusterFile)
    expect(first.code, first.stderr).toBe(0)
    const again = await slipway('apply', '-c', lab().clusterFile)
    expect(again.stdout).toContain('Nothing to do')
  })

  test('every node is Ready and runs that version, etcd is the one of its minor', async () => {
    const versions = await kubectl(
      lab(),
      `get nodes -o jsonpath='{range .items[*]}{.status.nodeInfo.kubeletVersion} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'`,
    )
    expect(versions.trim().split('\n')).toEqual([`v${kubernetes} True`, `v${kubernetes} True`])
    expect(await kubectl(lab(), 'get --raw /version')).toContain(`"gitVersion": "v${kubernetes}"`)
    expect(await kubectl(lab(), 'get pods -n kube-system -o yaml')).toContain('registry.k8s.io/etcd:3.6.16-0')
  })
})
