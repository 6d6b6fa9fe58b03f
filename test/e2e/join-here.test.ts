/** A host joins itself, as root, with a token and a hash; with a wrong one of either it is refused, and nothing is left on it. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { createBundle } from '../../src/bundle/create.ts'
import { carryFile, carrySlipway } from '../support/carry-slipway.ts'
import { useLab } from '../support/lab.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { slipway } from '../support/slipway.ts'

const lab = useLab({ workers: 1 })
const made = { clusterFile: '' }

/** The cluster file of the control plane alone: of w1 it knows nothing. */
const withoutWorkers = async (): Promise<string> => {
  const document = parseDocument(await readFile(lab().clusterFile, 'utf8'))
  document.deleteIn(['hosts', 1])
  const path = join(dirname(lab().clusterFile), 'control-plane.yaml')
  await writeFile(path, document.toString())
  return path
}

beforeAll(async () => {
  const bundle = await createBundle({ kubernetes: '1.37.1', arches: ['amd64'], say: console.log })
  made.clusterFile = await withoutWorkers()
  await Promise.all([
    slipway('apply', '-c', made.clusterFile),
    carrySlipway(lab(), 'w1').then(() => carryFile(lab(), 'w1', bundle, '/root/slipway.bundle')),
  ])
  await onHost(lab(), 'w1', 'touch /root/before')
})

const printedCommand = async () => {
  const { stdout } = await slipway('token', 'create', '-c', made.clusterFile, '--print-join-command')
  const [, command = '', token = '', hash = ''] =
    /^(slipway join \S+ --token (\S+) --discovery-token-ca-cert-hash (\S+)) --bundle/.exec(stdout) ?? []
  return { command: `${command} --bundle /root/slipway.bundle`, token, hash }
}

const joinOnHost = async (command: string): Promise<{ readonly code: number; readonly said: string }> => {
  const said = await onHost(lab(), 'w1', `${command} 2>&1; echo "exit $?"`)
  return { code: Number(/exit (\d+)\n$/.exec(said)?.[1]), said }
}

const leftBehind = (): Promise<string> =>
  onHost(
    lab(),
    'w1',
    'find /etc /opt /usr /root /var/lib -newer /root/before -type f; ls -d /var/log/slipway /run/slipway* 2>/dev/null || true',
  )

describe('a host that joins itself', () => {
  test('is refused with a wrong hash, a wrong token and an expired one, each in its own words; nothing is left', async () => {
    const { command, token, hash } = await printedCommand()

    const wrongHash = await joinOnHost(command.replace(hash, `sha256:${'0'.repeat(64)}`))
    expect(wrongHash.said).toContain('the CA of this cluster is not the one that was asked for')
    expect(wrongHash.code).toBe(2)

    const wrongToken = await joinOnHost(command.replace(token, `${token.slice(0, 7)}${'0'.repeat(16)}`))
    expect(wrongToken.said).toContain(`the token ${token.slice(0, 6)} is wrong`)
    expect(wrongToken.code).toBe(2)

    const past = JSON.stringify({ stringData: { expiration: '2020-01-01T00:00:00Z' } })
    await kubectl(lab(), `-n kube-system patch secret bootstrap-token-${token.slice(0, 6)} -p '${past}'`)
    const expired = await joinOnHost(command)
    expect(expired.said).toMatch(new RegExp(`${token.slice(0, 6)}.*expired`))
    expect(expired.code).toBe(2)

    expect(await leftBehind()).toBe('')
    for (const { said } of [wrongHash, wrongToken, expired]) expect(said).not.toContain(token)
  })

  test('becomes a node that is Ready, with the bundle alone', async () => {
    const { command } = await printedCommand()
    const joined = await joinOnHost(command)
    expect(joined.said).toContain('Done in')
    expect(joined.code).toBe(0)
    expect(await kubectl(lab(), 'get node w1 --no-headers')).toMatch(/^w1\s+Ready/)
    expect(await onHost(lab(), 'w1', 'ls /etc/kubernetes/bootstrap-kubelet.conf 2>&1 || true')).toContain(
      'No such file',
    )
  })

  test('changes nothing when it joins again', async () => {
    const { command } = await printedCommand()
    const again = await joinOnHost(command)
    expect(again.said).toContain('Nothing to do')
    expect(again.code).toBe(0)
  })

  test('is looked after like any other once it is in the cluster file: only its label and the hosts’ names are new', async () => {
    const applied = await slipway('apply', '-c', lab().clusterFile)
    const changed = applied.stderr.split('\n').filter((line) => line.includes('… changed'))
    expect(changed.map((line) => line.replace(/ … .*/, '')).toSorted()).toEqual([
      "[host-prep] cp1: keep the nodes' names in /etc/hosts",
      "[host-prep] w1: keep the nodes' names in /etc/hosts",
      '[mark-node] w1: apply Node w1',
    ])
    await eventually('the label of a worker', () =>
      kubectl(lab(), 'get nodes -l node-role.kubernetes.io/worker -o name').then((names) =>
        expect(names).toBe('node/w1\n'),
      ),
    )
  })
})
