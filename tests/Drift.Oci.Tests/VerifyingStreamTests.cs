// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

public sealed class VerifyingStreamTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public async Task Only_the_very_bytes_get_through(int lengthChange, bool flip)
    {
        var descriptor = Descriptor.Of("x", Content);
        var wire = new byte[Content.Length + lengthChange];
        Content.AsSpan(0, Math.Min(Content.Length, wire.Length)).CopyTo(wire);
        if (flip) wire[500] ^= 1;
        await using var stream = new VerifyingStream(new MemoryStream(wire), descriptor, "the wire");
        using var read = new MemoryStream();
        if (lengthChange == 0 && !flip)
        {
            await stream.CopyToAsync(read, Cancelled);
            Assert.Equal(Content, read.ToArray());
            return;
        }
        var error = await Assert.ThrowsAsync<ContentException>(() => stream.CopyToAsync(read, Cancelled));
        Assert.Equal(ErrorCode.ContentMismatch, error.Code);
        Assert.StartsWith("the wire ", error.Message, StringComparison.Ordinal);
    }
}
