// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Server.Tests;

public sealed class ElfFileTests
{
    private static readonly byte[] Good = PrebuiltServer.Read(Platform.LinuxAmd64).ToArray();

    [Fact]
    public void No_damage_is_taken_for_a_bug_of_Drift()
    {
        // Every byte of the headers in turn, to every kind of extreme.
        for (var i = 0; i < 64 + 4 * 56; i++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
            {
                var bytes = (byte[])Good.Clone();
                bytes[i] = value;
                ParseOrRefuse(bytes, bytes.Length);
            }
        }
        for (var length = 0; length < 400; length++) ParseOrRefuse(Good.AsSpan(0, length).ToArray(), length);
    }

    [Theory]
    [InlineData(4, 1, "32 bits")]
    [InlineData(5, 2, "big-endian")]
    [InlineData(6, 9, "unknown version")]
    [InlineData(0, 0, "not an ELF file")]
    [InlineData(54, 57, "unknown size")]
    public void What_is_wrong_is_told(int offset, byte value, string expected)
    {
        var bytes = (byte[])Good.Clone();
        bytes[offset] = value;
        var error = Assert.Throws<DriftException>(() => ElfFile.Parse(bytes, bytes.Length, "some/file"));
        Assert.Equal(ErrorCode.InvalidExecutable, error.Code);
        Assert.StartsWith("some/file ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dynamic_program_names_its_interpreter()
    {
        var elf = await ElfFile.ReadAsync("/proc/self/exe", TestContext.Current.CancellationToken);
        Assert.True(elf.IsExecutable);
        Assert.StartsWith("/lib", elf.Interpreter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_a_place_for_a_site_is_refused()
    {
        var bytes = (byte[])Good.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(64 + 2 * 56 + 4), 6);
        var segment = await SiteSegment.CreateAsync([], cancellationToken: TestContext.Current.CancellationToken);
        var error = Assert.Throws<DriftException>(() => ServerBinary.Compose(bytes, segment));
        Assert.Equal(ErrorCode.InvalidExecutable, error.Code);
    }

    private static void ParseOrRefuse(byte[] bytes, long length)
    {
        try
        {
            ElfFile.Parse(bytes, length, "it");
        }
        catch (DriftException)
        {
            // A clear error is as good.
        }
    }
}
