// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.Recipes;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>A folder of files, and what a client gets of it.</summary>
public sealed class CompiledFolder : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    internal string Path => _directory.Path;

    public void Dispose() => _directory.Dispose();

    /// <summary>Writes files whose content is their name.</summary>
    internal CompiledFolder With(params string[] names)
    {
        foreach (var name in names) _directory.Write(name, name);
        return this;
    }

    internal CompiledFolder WithText(string name, string text)
    {
        _directory.Write(name, text);
        return this;
    }

    internal async Task<SegmentReader> CompileAsync(SiteOptions? options = null)
    {
        var segment = await SiteSegment.CreateAsync(SiteFolder.Read(Path), (options ?? new SiteOptions()).With(Path), TestContext.Current.CancellationToken);
        return new SegmentReader(await ElfRulesTests.ReadAsync(segment.Content));
    }

    /// <summary>The message of the error that compiling is.</summary>
    internal async Task<string> RefusedAsync(SiteOptions? options = null)
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => CompileAsync(options));
        Assert.Equal(ErrorCode.InvalidSite, error.Code);
        Assert.NotNull(error.Hint);
        Assert.DoesNotContain(error.Message, char.IsControl);
        return error.Message;
    }
}
