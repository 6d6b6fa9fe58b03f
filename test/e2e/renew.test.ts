/**
 * Certificates of a cluster are renewed while it is used, from outside and from a pod, and nobody notices; and a cluster whose every
 * certificate has expired, so that nobody is let in, is brought back by one command.
 */
import { X509Certificate } from 'node:crypto'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBundle, defaultBundle } from '../../src/bundle/create.ts'
import { isIssuedBy } from '../../src/pki/read-certificate.ts'
import { renewalNames } from '../../src/pki/renewal.ts'
import { authorityRows, certificateRows } from '../../src/pki/table.ts'
import {
  describeGaps,
  insider,
  insiderGaps,
  keepUsing,
  readAndWrite,
  type Traffic,
} from '../support/api-traffic.ts'
import { carryCluster, carryFile, carrySlipway } from '../support/carry-slipway.ts'
import { expireEverything } from '../support/expired.ts'
import { kubectlBinary } from '../support/kubeadm.ts'
import { carryKubeadm, onCluster } from '../support/kubeadm-host.ts'
import { findHost, useLab } from '../support/lab.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { kubeletSerials, leafsOf, type Served, servedIn } from '../support/served.ts'
import { slipway, startSlipway } from '../support/slipway.ts'

const lab = useLab({ workers: 1 })
const nodes = ['cp1', 'w1'] as const

const kubeconfig = (): string => join(dirname(lab().clusterFile), '.slipway', lab().name, 'kubeconfig')

/** super-admin.conf is on no host, and not missed. */
const checkExpiration = async (): Promise<string> => {
  const table = await onHost(lab(), 'cp1', 'kubeadm certs check-expiration')
  return table.replace(/^!MISSING! super-admin\.conf.*$/m, '')
}

/** By what changes when one is replaced or restarted. */
const podsOfUsers = (): Promise<string> =>
  kubectl(
    lab(),
    `get pods -n default -o jsonpath='{range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount},{end}'`,
  )

const containers = (): Promise<string> => onHost(lab(), 'cp1', 'crictl ps -q')
const serversOnCp1 = (): Promise<string> =>
  onHost(lab(), 'cp1', 'crictl ps -q --name kube-apiserver; crictl ps -q --name etcd')

const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber

const pki = '/etc/kubernetes/pki'
const readOnCp1 = (path: string): Promise<string> => onHost(lab(), 'cp1', `cat ${path}`)

type Seen = {
  readonly before: {
    readonly served: Served
    readonly serials: readonly string[]
  }
  readonly pods: string
  /** The containers of the API server and of etcd. */
  readonly servers: string
  readonly kubelets: readonly string[]
  readonly outside: Traffic
  readonly inside: Traffic
}
const made: { seen?: Seen } = {}
const seen = (): Seen => {
  if (!made.seen) throw new Error('the renewal did not come to its end')
  return made.seen
}

beforeAll(async () => {
  await createBundle({ kubernetes: '1.37.1', arches: ['amd64'], say: console.log })
  await onCluster(lab(), 'apply')
  await onCluster(lab(), 'kubeconfig')
  await carryKubeadm(lab(), 'cp1')
  await carryFile(lab(), 'w1', await kubectlBinary(), '/usr/bin/kubectl')
  await onHost(lab(), 'w1', 'chmod 755 /usr/bin/kubectl')
  await kubectl(lab(), 'create configmap traffic')
  await kubectl(lab(), 'apply -f -', insider)
  await kubectl(lab(), 'wait --for=condition=Ready pod/insider --timeout=60s')
  const before = { served: await servedIn(lab()), serials: (await leafsOf(lab())).map(serialOf) }
  const [pods, servers, kubelets] = [await podsOfUsers(), await serversOnCp1(), await kubeletSerials(lab())]
  const traffic = keepUsing(readAndWrite(kubeconfig()))
  const started = Date.now()
  const ended = await slipway('certs', 'renew', '--all', '-c', lab().clusterFile)
  const seconds = (Date.now() - started) / 1000
  const outside = await traffic.stop()
  expect(ended.code, ended.stderr).toBe(0)
  // Its kubelet has just been restarted: at first it knows no pod.
  const inside = await eventually('the log of the pod', async () =>
    insiderGaps(await kubectl(lab(), 'logs insider')),
  )
  process.stderr.write(
    `renewed in ${seconds.toFixed(0)} s\n${describeGaps('outside', outside)}\n${describeGaps('inside', inside)}\n`,
  )
  made.seen = { before, pods, servers, kubelets, outside, inside }
})

describe('while everything is renewed', () => {
  test('the API is never away: what its server reads again it is not restarted for', () => {
    const { outside, inside } = seen()
    expect(outside.used).toBeGreaterThan(50)
    expect(inside.used).toBeGreaterThan(10)
    // On a busy machine a client may lose its patience; nobody is refused, and nobody finds no server.
    const impatient = /no answer|timeout|deadline/i
    for (const { gaps } of [outside, inside]) {
      expect(gaps.filter(({ why }) => !impatient.test(why))).toEqual([])
      expect(gaps.every(({ seconds }) => Number.isFinite(seconds))).toBe(true)
    }
  })

  test('neither the API server nor etcd is restarted', async () => {
    expect(await serversOnCp1()).toBe(seen().servers)
  })

  test('no pod of a user is replaced or restarted', async () => {
    expect(await podsOfUsers()).toBe(seen().pods)
  })
})

describe('afterwards', () => {
  test('every certificate is another one, and so is every one that is served', async () => {
    const { before, kubelets } = seen()
    const serials = (await leafsOf(lab())).map(serialOf)
    expect(serials.filter((serial) => before.serials.includes(serial))).toEqual([])
    const now = await servedIn(lab())
    expect(Object.keys(now)).toHaveLength(7)
    for (const [at, fingerprint] of Object.entries(now)) {
      expect(fingerprint, at).toMatch(/^[0-9A-F:]{95}$/)
      expect(fingerprint, at).not.toBe(before.served[at])
    }
    expect((await kubeletSerials(lab())).filter((serial) => kubelets.includes(serial))).toEqual([])
  })

  test('OpenSSL, Go and Node take each for good', async () => {
    const cas = await Promise.all(authorityRows.map(({ file }) => readOnCp1(`${pki}/${file}.crt`)))
    for (const [at, pem] of (await leafsOf(lab())).entries()) {
      const row = certificateRows[at]
      const authority = authorityRows.findIndex(({ id }) => id === row?.issuer)
      expect(isIssuedBy(pem, cas[authority] ?? ''), row?.file).toBe(true)
      const ca = `${pki}/${authorityRows[authority]?.file}.crt`
      expect(
        await onHost(lab(), 'cp1', `openssl verify -x509_strict -CAfile ${ca} ${pki}/${row?.file}.crt`),
      ).toMatch(/: OK$/m)
    }
    const table = await checkExpiration()
    expect(table).not.toMatch(/MISSING|invalid/i)
    for (const name of renewalNames.filter((each) => !each.startsWith('kube')))
      expect(table).toMatch(new RegExp(`^${name} .* 364d`, 'm'))
    await readAndWrite(kubeconfig())(1)
  })

  test('apply has nothing to do, nor has renewing what is older than an hour', async () => {
    for (const command of [['apply'], ['certs', 'renew', '--older-than', '1h']]) {
      const { stdout } = await slipway(...command, '-c', lab().clusterFile)
      expect(stdout).toContain('Nothing to do')
    }
  })

  test('one certificate on one host is renewed alone, and its container stays', async () => {
    const before = [await servedIn(lab()), await leafsOf(lab()), await containers()] as const
    await onCluster(lab(), 'certs', 'renew', 'apiserver', '--host', 'cp1')
    const now = [await servedIn(lab()), await leafsOf(lab()), await containers()] as const
    const changed = certificateRows.filter((_, at) => before[1][at] !== now[1][at]).map(({ file }) => file)
    expect(changed).toEqual(['apiserver'])
    const ports = Object.keys(now[0]).filter((at) => now[0][at] !== before[0][at])
    expect(ports).toEqual([`${findHost(lab(), 'cp1').address}:6443`])
    expect(now[2]).toBe(before[2])
  })
})

test('killed in the middle, it is brought to its end by the next run', async () => {
  const { child, ended } = startSlipway('certs', 'renew', '--all', '-c', lab().clusterFile)
  // The pods of before are still there, and the kubelet has still its old certificate.
  child.stderr?.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('kube-scheduler.yaml')) child.kill('SIGKILL')
  })
  expect((await ended).code).toBeNull()
  const again = await slipway('certs', 'renew', '--older-than', '1h', '-c', lab().clusterFile)
  expect(again.code, again.stderr).toBe(0)
  expect(again.stdout).not.toContain('Nothing to do')
  expect((await slipway('apply', '-c', lab().clusterFile)).stdout).toContain('Nothing to do')
})

describe('unattended', () => {
  const autoRenew = (): Promise<string> =>
    onHost(lab(), 'w1', `slipway certs auto-renew -c ${lab().clusterFile} 2>&1 || true`)
  const unit = (): string => `slipway-renew-${lab().name}`

  test("a machine that has the cluster's folder does it by a timer, which is tried at once", async () => {
    await carrySlipway(lab(), 'w1')
    const bundle = defaultBundle('1.37.1', ['amd64'])
    await carryCluster(lab(), 'w1', bundle)
    const asked = `bundle: { file: ${bundle} }\ncertificates: { autoRenew: { olderThan: 30d } }`
    await onHost(lab(), 'w1', `cat >>${lab().clusterFile}`, `${asked}\n`)
    expect(await autoRenew()).toContain(`${unit()}.timer is installed, and has been tried`)
    expect(await onHost(lab(), 'w1', `journalctl --no-pager -u ${unit()}.service`)).toContain('Nothing to do')
    expect(await onHost(lab(), 'w1', `systemctl list-timers --no-legend ${unit()}.timer`)).toContain(unit())
    expect(await autoRenew()).toContain('is as it should be')
  })

  test('one that would not work says so while somebody is there', async () => {
    const key = lab().identityFile
    await onHost(lab(), 'w1', `mv ${key} ${key}.away`)
    expect(await autoRenew()).toContain('renewing does not work unattended')
    await onHost(lab(), 'w1', `mv ${key}.away ${key}`)
  })

  test('what the cluster file does not ask for any more is removed', async () => {
    await onHost(lab(), 'w1', `sed -i '/^certificates:/d' ${lab().clusterFile}`)
    expect(await autoRenew()).toContain('is removed')
    expect(await onHost(lab(), 'w1', 'ls /etc/systemd/system')).not.toContain(unit())
  })
})

describe('a cluster whose certificates have all expired', () => {
  test('lets nobody in and does not come up by itself; one command brings it back', async () => {
    await expireEverything(lab())
    await eventually('the API refuses everybody', async () => {
      await expect(readAndWrite(kubeconfig())(0)).rejects.toThrow()
      for (const node of nodes)
        expect(await onHost(lab(), node, 'systemctl is-active kubelet || true')).not.toBe('active\n')
    })
    const started = Date.now()
    const { code, stderr } = await slipway('certs', 'rescue', '-c', lab().clusterFile)
    process.stderr.write(`rescued in ${((Date.now() - started) / 1000).toFixed(0)} s\n`)
    expect(code, stderr).toBe(0)
    expect((await kubectl(lab(), 'get nodes --no-headers')).match(/ Ready /g)).toHaveLength(nodes.length)
    const now = await servedIn(lab())
    expect(Object.values(now).every((fingerprint) => /^[0-9A-F:]{95}$/.test(fingerprint))).toBe(true)
    for (const node of nodes)
      await onHost(lab(), node, 'openssl x509 -checkend 3600 -noout -in /var/lib/kubelet/pki/kubelet.crt')
    await readAndWrite(kubeconfig())(1)
  })

  test('and then there is nothing left to do, for rescue as for apply', async () => {
    for (const command of [['certs', 'rescue'], ['apply']]) {
      const { stdout } = await slipway(...command, '-c', lab().clusterFile)
      expect(stdout).toContain('Nothing to do')
    }
    expect(await checkExpiration()).not.toMatch(/MISSING|invalid/i)
  })
})
