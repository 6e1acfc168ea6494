// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Bounds what unpacking may write: nine tenths of what the file system has free when it begins. A few megabytes of archive can stand for
/// terabytes, and a full disk stops everyone on the machine.
/// </summary>
internal sealed class DiskBudget
{
    // What even an empty file takes, and in what steps files grow.
    private const int BlockSize = 4096;
    private readonly string _directory;
    private readonly string _name;
    private readonly long _allowed;
    private long _taken;

    /// <param name="directory">The folder that is unpacked into.</param>
    /// <param name="name">What is unpacked, for errors.</param>
    public DiskBudget(string directory, string name)
    {
        _directory = directory;
        _name = name;
        _allowed = new DriveInfo(directory).AvailableFreeSpace / 10 * 9;
    }

    /// <summary>Counts a file of this size, before it is written.</summary>
    /// <exception cref="DriftException">It is too much.</exception>
    public void Take(long size)
    {
        _taken += Math.Max(1, (size + BlockSize - 1) / BlockSize) * BlockSize;
        if (_taken <= _allowed) return;
        throw new DriftException(ErrorCode.FileSystem,
            string.Create(CultureInfo.InvariantCulture, $"{_name} unpacks to {_taken} bytes or more; of what is free at {_directory}, {_allowed} may be taken."),
            "Set TMPDIR to a folder with more space, if you trust the image; a small image that unpacks to so much may be hostile.");
    }
}
