/**
 * Every CA and the service account key of a cluster that is in use are replaced: who uses the API meanwhile, from outside and from a
 * pod, meets a restart of the one API server and nothing else; afterwards what was before is worth nothing, and everything works.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { addHost } from '../../src/lab/lab.ts'
import { authorityRows } from '../../src/pki/table.ts'
import type { CertificatesJson } from '../../src/report/certificates-json.ts'
import {
  describeGaps,
  insider,
  insiderGaps,
  keepUsing,
  readAndWrite,
  type Traffic,
} from '../support/api-traffic.ts'
import { carryFile } from '../support/carry-slipway.ts'
import { expiredIn } from '../support/certificates.ts'
import { kubectlBinary } from '../support/kubeadm.ts'
import { carryKubeadm, onCluster } from '../support/kubeadm-host.ts'
import { useLab } from '../support/lab.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { slipway } from '../support/slipway.ts'

const lab = useLab({ workers: 1 })
const nodes = ['cp1', 'w1'] as const

const folder = (): string => join(dirname(lab().clusterFile), '.slipway', lab().name)
const caFiles = authorityRows.map(({ file }) => `pki/${file}.crt`)
const readCas = (): Promise<readonly string[]> =>
  Promise.all(caFiles.map((file) => readFile(join(folder(), file), 'utf8')))

type Seen = {
  readonly before: readonly string[]
  readonly kubeconfig: string
  readonly token: string
  readonly pods: string
  readonly kubelets: readonly string[]
  readonly seconds: number
  readonly said: string
  readonly outside: Traffic
  readonly inside: Traffic
}
const made: { seen?: Seen } = {}
const seen = (): Seen => {
  if (!made.seen) throw new Error('the rotation did not come to its end')
  return made.seen
}

/** By what changes when one is replaced or restarted. */
const podsOfUsers = (): Promise<string> =>
  kubectl(
    lab(),
    `get pods -n default -o jsonpath='{range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount},{end}'`,
  )

const kubeletSerials = (): Promise<readonly string[]> =>
  Promise.all(
    nodes.map((node) =>
      onHost(lab(), node, 'openssl x509 -noout -serial -in /var/lib/kubelet/pki/kubelet-client-current.pem'),
    ),
  )

beforeAll(async () => {
  await createBundle({ kubernetes: '1.37.1', arches: ['amd64'], say: console.log })
  await onCluster(lab(), 'apply')
  await carryFile(lab(), 'w1', await kubectlBinary(), '/usr/bin/kubectl')
  await onHost(lab(), 'w1', 'chmod 755 /usr/bin/kubectl')
  await kubectl(lab(), 'create configmap traffic')
  await kubectl(lab(), 'apply -f -', insider)
  await kubectl(lab(), 'wait --for=condition=Ready pod/insider --timeout=60s')
  const kubeconfig = (await onCluster(lab(), 'kubeconfig')).trim()
  const before = await readCas()
  const old = await readFile(join(folder(), 'kubeconfig'), 'utf8')
  const token = (await kubectl(lab(), 'create token default --duration=1h')).trim()
  const pods = await podsOfUsers()
  const kubelets = await kubeletSerials()
  const traffic = keepUsing(readAndWrite(join(folder(), 'kubeconfig')))
  const started = Date.now()
  const ended = await slipway('certs', 'rotate-ca', 'all', '-c', lab().clusterFile)
  const seconds = (Date.now() - started) / 1000
  const outside = await traffic.stop()
  expect(ended.code, `${kubeconfig}\n${ended.stderr}`).toBe(0)
  // The last restart has just been: the way from inside may still be the longer one.
  const inside = await eventually('the API, from the pod', async () => {
    const read = insiderGaps(await kubectl(lab(), 'logs insider'))
    if (read.gaps.some(({ seconds: gap }) => gap === Number.POSITIVE_INFINITY))
      throw new Error(describeGaps('inside', read))
    return read
  })
  process.stderr.write(
    `rotated in ${seconds.toFixed(0)} s\n${describeGaps('outside', outside)}\n${describeGaps('inside', inside)}\n`,
  )
  made.seen = {
    before,
    kubeconfig: old,
    token,
    pods,
    kubelets,
    seconds,
    said: ended.stdout + ended.stderr,
    outside,
    inside,
  }
})

describe('while everything is replaced', () => {
  test('the API is away only while its one server is restarted, from outside and from inside', () => {
    const { outside, inside } = seen()
    expect(outside.used).toBeGreaterThan(200)
    expect(inside.used).toBeGreaterThan(50)
    // Three restarts: to trust etcd's CAs and both keys, to sign with the new key, to trust the new CA alone.
    for (const { gaps } of [outside, inside]) {
      expect(gaps.filter(({ why }) => /certificate|x509|401|Unauthorized/i.test(why))).toEqual([])
      expect(gaps.every(({ seconds }) => Number.isFinite(seconds))).toBe(true)
    }
  })

  test('no pod of a user is replaced or restarted', async () => {
    expect(await podsOfUsers()).toBe(seen().pods)
  })

  test('every stage is told, and what is still trusted', () => {
    for (const stage of ['1 of 4: trust', '2 of 4: issue', '3 of 4: refresh', '4 of 4: drop'])
      expect(seen().said).toContain(`stage ${stage}`)
    expect(seen().said).toMatch(/still trusted: tokens that the old key has signed may live until/)
  })
})

describe('afterwards', () => {
  test('all three CAs are others, and the old ones are in no file on any host', async () => {
    const after = await readCas()
    for (const [at, old] of seen().before.entries()) {
      expect(after[at]).not.toBe(old)
      const line = old.split('\n')[3] ?? ''
      expect(line).toHaveLength(64)
      for (const node of nodes) {
        const files = '/etc/kubernetes /var/lib/kubelet /var/lib/slipway /run/slipway.lock'
        expect(await onHost(lab(), node, `grep -rlF '${line}' ${files} 2>/dev/null || true`)).toBe('')
        // In kubeconfigs it is inside base64.
        const embedded = `for f in /etc/kubernetes/*.conf; do sed -n 's/.*certificate-authority-data: //p' $f | base64 -d | grep -F '${line}' && echo $f; done; true`
        expect(await onHost(lab(), node, embedded)).toBe('')
      }
    }
  })

  test('a client with a certificate of the old CA is refused; the kubeconfig of this machine works', async () => {
    // Without verifying the server, which it would refuse first: the question is what the server says of the client.
    const path = '/root/before.conf'
    const untrusting = seen().kubeconfig.replace(
      /certificate-authority-data: .*/,
      'insecure-skip-tls-verify: true',
    )
    await onHost(lab(), 'cp1', `umask 077; cat >${path}`, untrusting)
    const said = await onHost(lab(), 'cp1', `kubectl --kubeconfig ${path} get nodes 2>&1; rm ${path}`)
    expect(said).toMatch(/Unauthorized|must be logged in/)
    await readAndWrite(join(folder(), 'kubeconfig'))(1)
  })

  test('a token of before works until its key is dropped, and not after', async () => {
    const withToken = (): Promise<string> =>
      kubectl(
        lab(),
        `--token=${seen().token} --kubeconfig /dev/null --server https://${lab().hosts[0]?.address}:6443 --certificate-authority /etc/kubernetes/pki/ca.crt auth whoami 2>&1 || true`,
      )
    expect(await withToken()).toContain('system:serviceaccount:default:default')
    await onCluster(lab(), 'certs', 'rotate-ca', 'sa', '--tokens-live', '0m')
    await eventually('the token is refused', async () =>
      expect(await withToken()).toMatch(/Unauthorized|must be logged in/),
    )
    expect(await onHost(lab(), 'cp1', 'grep -c BEGIN /etc/kubernetes/pki/sa.pub')).toBe('1\n')
  })

  test('every kubelet has another certificate, and its node is Ready', async () => {
    const after = await kubeletSerials()
    expect(after.every((serial, at) => serial !== seen().kubelets[at])).toBe(true)
    expect((await kubectl(lab(), 'get nodes --no-headers')).match(/ Ready /g)).toHaveLength(2)
  })

  test('apply has nothing to do, and kubeadm finds every certificate in order', async () => {
    const again = await slipway('apply', '-c', lab().clusterFile)
    expect(again.stdout).toContain('Nothing to do')
    await carryKubeadm(lab(), 'cp1')
    const table = await onHost(lab(), 'cp1', 'kubeadm certs check-expiration')
    // On no host, and not missed: break-glass makes one.
    const others = table.replace(/^!MISSING! super-admin\.conf.*$/m, '')
    expect(others).not.toMatch(/MISSING|invalid/i)
    for (const { file } of authorityRows)
      expect(table).toMatch(new RegExp(`^${file.replace('/', '-')} .*`, 'm'))
  })

  test('one more worker joins', async () => {
    await addHost({ name: lab().name, host: 'w2', role: 'worker', kubernetes: '1.37.1' }, () => undefined)
    await onCluster(lab(), 'apply')
    expect((await kubectl(lab(), 'get nodes --no-headers')).match(/ Ready /g)).toHaveLength(3)
  })
})

describe('the certificates', () => {
  const check = (...args: readonly string[]) => slipway('certs', 'check', ...args, '-c', lab().clusterFile)

  test('are all in one table, and nothing is wrong with them: what is served is what is on disk', async () => {
    const { code, stdout, stderr } = await check('--warn', '30d', '--output', 'json')
    expect(code, stderr).toBe(0)
    const { certificates, silent, unreachable, todo }: CertificatesJson = JSON.parse(stdout)
    expect({ silent, unreachable, todo }).toEqual({ silent: [], unreachable: [], todo: [] })
    const workers = (await kubectl(lab(), 'get nodes -o name')).match(/w\d+/g) ?? []
    const served = certificates.flatMap(({ host, port, sameAsFile }) =>
      port === null ? [] : [{ host, port, sameAsFile }],
    )
    expect(served).toEqual([
      ...[6443, 2379, 2380, 10250].map((port) => ({ host: 'cp1', port, sameAsFile: true })),
      ...[10257, 10259].map((port) => ({ host: 'cp1', port, sameAsFile: null })),
      ...workers.map((host) => ({ host, port: 10250, sameAsFile: true })),
    ])
    expect((await check()).stdout).toMatch(
      /^cp1 +pki\/apiserver\.crt +kube-apiserver +kubernetes +\d{4}-\d\d-\d\d +36\d d +6443$/m,
    )
  })

  test('end with exit code 3 when they have less left than is asked for', async () => {
    const { code, stdout } = await check('--warn', '400d')
    expect(code).toBe(3)
    expect(stdout).toContain('slipway certs renew --all')
    expect(stdout).not.toContain('rotate-ca')
  })

  test('are told while the cluster is off, and one has expired', async () => {
    await onHost(lab(), 'cp1', 'systemctl stop kubelet && crictl ps -q | xargs crictl stop')
    await onHost(lab(), 'cp1', 'cat >/etc/kubernetes/pki/apiserver.crt', await expiredIn(folder()))
    const { code, stdout } = await check('--warn', '30d')
    expect(code).toBe(3)
    expect(stdout).toMatch(/^cp1 +pki\/apiserver\.crt .* 2020-01-01 .* expired$/m)
    expect(stdout).toContain('slipway certs rescue')
    expect(stdout).toMatch(/^cp1 serves nothing on 6443 \(kube-apiserver\), 2379 \(etcd\)/m)
    expect(stdout).toMatch(/^w1 +kubelet\/pki\/kubelet\.crt .* 10250$/m)
  })
})
