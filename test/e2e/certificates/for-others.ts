/** Certificates for somebody else, told by kubectl: who they are and what they may do; and one that no rule can lock out. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ClusterInUse } from '../../support/cluster-in-use.ts'
import { onCluster } from '../../support/kubeadm-host.ts'
import { eventually, kubectl, onHost } from '../../support/on-host.ts'

export const forOthers = ({ lab }: ClusterInUse): void => {
  const asPerson = (kubeconfig: string, args: string): Promise<string> =>
    onHost(lab(), 'cp1', `cat >/root/person && kubectl --kubeconfig /root/person ${args}`, kubeconfig)

  test('is who the kubeconfig was made for, and may do what RBAC says of that group', async () => {
    const kubeconfig = await onCluster(lab(), 'kubeconfig', 'user', 'jane', '--group', 'e2e-dev')
    const whoami = JSON.parse(await asPerson(kubeconfig, 'auth whoami -o json'))
    expect(whoami.status.userInfo.username).toBe('jane')
    expect(whoami.status.userInfo.groups).toEqual(['e2e-dev', 'system:authenticated'])
    await expect(asPerson(kubeconfig, 'get pods')).rejects.toThrow('forbidden')
    await kubectl(lab(), 'create rolebinding e2e-dev --clusterrole view --group e2e-dev')
    await eventually('the rule is in force', () => asPerson(kubeconfig, 'get pods'))
  })

  test('with break-glass gets in where no rule lets anybody', async () => {
    const bindings = '/root/bindings.yaml'
    await kubectl(lab(), `get clusterrolebinding kubeadm:cluster-admins -o yaml >${bindings}`)
    await kubectl(lab(), 'delete clusterrolebinding kubeadm:cluster-admins')
    const path = (await onCluster(lab(), 'kubeconfig', 'break-glass')).trim()
    await eventually('nobody is let in', () =>
      expect(kubectl(lab(), 'get nodes')).rejects.toThrow('forbidden'),
    )
    const kubeconfig = await readFile(path, 'utf8')
    expect(await asPerson(kubeconfig, 'get nodes')).toContain('cp1')
    await asPerson(kubeconfig, `create -f ${bindings}`)
    await eventually('the administrator is let in again', async () =>
      expect(await kubectl(lab(), 'get nodes')).toContain('cp1'),
    )
  })
}
