import { describe, expect, test } from 'vitest';
import { isPrivateHost, isPublicAddress } from '../../../src/domain/automation/publicAddress.ts';

describe('calls of rules go to the open internet only', () => {
  test.each([
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.0.1',
    '192.167.1.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
  ])('%s is there', (address) => expect(isPublicAddress(address)).toBe(true));

  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.0.0.8',
    '192.0.2.1',
    '198.19.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    '3fff::1',
    '256.1.1.1',
    '1.2.3',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    'example.com',
    '',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

  test.each([
    ['http://localhost/hook', true],
    ['http://api.localhost/hook', true],
    ['http://127.1/hook', true],
    ['http://0x7f000001/hook', true],
    ['http://2130706433/hook', true],
    ['https://[::1]:8443/hook', true],
    ['https://10.0.0.1/hook', true],
    ['https://8.8.8.8/hook', false],
    ['https://[2606:4700::1111]/hook', false],
    ['https://example.com/hook', false],
  ])('%s says so by itself: %j', (url, isPrivate) => expect(isPrivateHost(url)).toBe(isPrivate));
});
