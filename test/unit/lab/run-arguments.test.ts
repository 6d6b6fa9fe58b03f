import { expect, test } from 'vitest'
import { files, recipeHash } from '../../../src/lab/image-recipe.ts'
import { macAddress, runArguments } from '../../../src/lab/run-arguments.ts'

const image = 'localhost/slipway-lab-host:0123'
const argv = runArguments('dev', { name: 'w1', address: '172.30.7.21', role: 'worker' }, image)

test('a host is a container with a name, labels, network and address of the lab', () => {
  const line = argv.join(' ')
  expect(line).toContain('--name slipway-lab-dev-w1 --hostname w1')
  expect(line).toContain('--label slipway.lab=dev --label slipway.lab.host=w1')
  expect(line).toContain('--network slipway-lab-dev --ip 172.30.7.21')
  expect(argv[0]).toBe('run')
  expect(argv.at(-1)).toBe(image)
})

test.each([
  ['172.30.7.21', '02:42:ac:1e:07:15'],
  ['172.30.255.250', '02:42:ac:1e:ff:fa'],
])('%s always has the MAC address %s', (address, mac) => {
  expect(macAddress(address)).toBe(mac)
})

test('every host has a systemd of its own: podman must not put them into one hierarchy', () => {
  expect(argv).toContain('--systemd=false')
  expect(argv).toContain('--cgroupns=private')
})

test('the name of the image changes with the machine that it is for, and with nothing else', () => {
  expect(recipeHash('x64')).toBe(recipeHash('x64'))
  expect(recipeHash('x64')).not.toBe(recipeHash('arm64'))
})

test('sudo reads no file that others may write or that has a dot in its name', () => {
  const sudoers = files.filter(({ path }) => path.startsWith('etc/sudoers.d/'))
  expect(sudoers).toHaveLength(1)
  for (const { path, mode } of sudoers) {
    expect(mode).toBe(0o440)
    expect(path).not.toContain('.d/.')
    expect(path.split('/').at(-1)).toMatch(/^[a-z-]+$/)
  }
})
