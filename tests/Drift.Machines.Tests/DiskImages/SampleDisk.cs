// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>A raw disk with all that makes a difference: what compresses and what does not, in turn, zeros that are written, holes, and an odd end.</summary>
public sealed class SampleDisk : IDisposable
{
    private const int Block = 40_000;

    public SampleDisk()
    {
        Path = Directory.Combine("sample.raw");
        var random = new Random(1);
        var block = new byte[Block];
        using var file = File.Create(Path);
        for (var number = 0; number < 200; number++)
        {
            switch (number % 5)
            {
                case 0: random.NextBytes(block); break;
                case 1: Array.Clear(block); break;
                default: for (var i = 0; i < block.Length; i++) block[i] = (byte)(i % 97 < 60 ? 'a' + i / 700 % 26 : random.Next(8)); break;
            }
            // Now and then a hole.
            if (number % 7 == 6) file.Position += 3 * 65536 + 1;
            file.Write(block);
        }
        file.SetLength((file.Length + 5_000_000) / 512 * 512);
    }

    public TemporaryDirectory Directory { get; } = new();

    public string Path { get; }

    public void Dispose() => Directory.Dispose();
}
