/** What a lack of descriptors, of memory and of permissions is, and what is held against the first. */
import { expect, onTestFinished, test } from 'vitest';
import { diskError, isShortOfDescriptors } from '../../../src/runtime/node/base/disk-error.js';
import { descriptorLimit } from '../../../src/runtime/node/descriptor-limit.js';
import { sizeUnlessGone } from '../../../src/runtime/node/size-unless-gone.js';
import { DescriptorReserve } from '../../../src/runtime/node/descriptor-reserve.js';

const systemError = (code: string): Error => Object.assign(new Error(`${code}: it fails`), { code });

/** Rejects so many times. */
function failing(code: string, times: number): { open: () => Promise<string>; calls: () => number } {
  let calls = 0;
  const open = (): Promise<string> => {
    calls += 1;
    return calls <= times ? Promise.reject(diskError(systemError(code), 'Cannot open "f"', true)) : Promise.resolve('open');
  };
  return { open, calls: () => calls };
}

test('diskError: a lack of the system is a reason to wait, and a folder without permission takes no changes', () => {
  for (const code of ['EMFILE', 'ENFILE', 'ENOMEM']) {
    expect(diskError(systemError(code), 'Cannot open "f"')).toMatchObject({ code: 'RESOURCE_EXHAUSTED', retriable: true });
  }
  expect(diskError(systemError('EROFS'), 'Cannot open "f"')).toMatchObject({ code: 'READ_ONLY' });
  for (const code of ['EACCES', 'EPERM']) {
    expect(diskError(systemError(code), 'Cannot open "f"', true)).toMatchObject({ code: 'READ_ONLY' });
    expect(diskError(systemError(code), 'Cannot open "f"')).toMatchObject({ code: 'IO_ERROR' });
  }
  expect(diskError(systemError('EIO'), 'Cannot fsync "f"', true)).toMatchObject({ code: 'IO_ERROR' });
  expect(isShortOfDescriptors(diskError(systemError('ENFILE'), 'Cannot open "f"'))).toBe(true);
  expect(isShortOfDescriptors(systemError('ENOMEM'))).toBe(false);
});

test('sizeUnlessGone: a file that the system cannot look at is there all the same', async () => {
  expect(await sizeUnlessGone(async () => ({ size: 4 }))).toBe(4);
  expect(await sizeUnlessGone(() => Promise.reject(systemError('ENOENT')))).toBe('gone');
  expect(await sizeUnlessGone(() => Promise.reject(systemError('EIO')))).toBeNull();
});

test('DescriptorReserve.using: repeats an open with what it holds, and not without end', async () => {
  const reserve = new DescriptorReserve();
  onTestFinished(() => reserve.empty());
  const unheld = failing('EMFILE', 1);
  await expect(reserve.using(unheld.open)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  reserve.fill();
  expect(await reserve.using(failing('EMFILE', 3).open)).toBe('open');
  const tooMany = failing('ENFILE', 2);
  await expect(reserve.using(tooMany.open)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  expect(tooMany.calls()).toBe(2);
  reserve.refill();
  expect(await reserve.using(failing('EMFILE', 2).open)).toBe('open');
  const other = failing('EIO', 1);
  await expect(reserve.using(other.open)).rejects.toMatchObject({ code: 'IO_ERROR' });
  expect(other.calls()).toBe(1);
});

test.runIf(process.platform === 'linux')('descriptorLimit: the limit of this process', () => {
  expect(descriptorLimit()).toBeGreaterThan(16);
});
