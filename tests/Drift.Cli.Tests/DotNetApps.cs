// SPDX-License-Identifier: Apache-2.0

using System.Formats.Tar;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>Apps that the SDK has published, and a base image with what their native code needs of this machine.</summary>
public sealed class DotNetApps : IAsyncLifetime
{
    public TemporaryDirectory Folder { get; } = new();

    /// <summary>A console app with packages, translations and a project; it runs wherever a runtime is.</summary>
    public string Shop => Folder.Combine("shop-out");

    /// <summary>The example, with its runtime.</summary>
    public string SelfContained => Folder.Combine("self-contained");

    /// <summary>The example as one executable, without its runtime.</summary>
    public string SingleFile => Folder.Combine("single-file");

    /// <summary>An image with the C library, and with variables as Microsoft's images have them.</summary>
    public string Base => "oci:" + Folder.Combine("base");

    public async ValueTask InitializeAsync()
    {
        Need.Program("dotnet");
        WriteShop();
        await DotNetPublish.RunAsync(Folder.Combine("shop", "Shop"), Shop);
        Copy(ProjectRoot.Combine("examples", "dotnet"), Folder.Combine("hello"));
        await DotNetPublish.RunAsync(Folder.Combine("hello"), SelfContained, "-r", DotNetPublish.ThisRuntime, "--self-contained");
        await DotNetPublish.RunAsync(Folder.Combine("hello"), SingleFile, "-r", DotNetPublish.ThisRuntime, "--self-contained", "false", "-p:PublishSingleFile=true");
        await WriteBaseAsync();
    }

    public ValueTask DisposeAsync()
    {
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Copies the files of a folder, in reverse order and with other times.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(from, file);
            if (path.Split('/') is ["bin" or "obj" or "out", ..]) continue;
            var copy = Path.Combine(to, path);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
            File.SetLastWriteTimeUtc(copy, DateTime.UnixEpoch.AddDays(5000));
        }
    }

    private void WriteShop()
    {
        const string Properties = "<TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><InvariantGlobalization>true</InvariantGlobalization>";
        Folder.Write("shop/Core/Core.csproj", $"""<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>{Properties}</PropertyGroup></Project>""");
        Folder.Write("shop/Core/Price.cs", "namespace Core; public static class Price { public static int Of(string name) => name.Length; }");
        Folder.Write("shop/Shop/Shop.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><Version>2.5.0</Version>{Properties}</PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Core/Core.csproj" />
                <PackageReference Include="Spectre.Console" Version="0.49.1" />
                <PackageReference Include="System.CommandLine" Version="3.0.0" />
                <PackageReference Include="YamlDotNet" Version="16.3.0" />
                <Content Include="data/list.txt" CopyToOutputDirectory="Always" />
              </ItemGroup>
            </Project>
            """);
        Folder.Write("shop/Shop/data/list.txt", "apple\n");
        Folder.Write("shop/Shop/Program.cs", """Console.WriteLine(Core.Price.Of("apple"));""");
    }

    private async Task WriteBaseAsync()
    {
        var files = new[] { "Hello", "libcoreclr.so", "libSystem.Native.so" }.Select(name => Path.Combine(SelfContained, name));
        var linked = (await ProcessRun.RunAsync("ldd", files)).EnsureSuccess().Output;
        var libraries = linked.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.StartsWith('/') && !word.EndsWith(':')).Distinct(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(libraries);
        var layout = new LayoutFolder(Folder, "base");
        layout.AddLayer([
            LayoutFolder.Entry("tmp/", mode: 0b111_111_111, type: TarEntryType.Directory),
            .. libraries.Select(path => LayoutFolder.Entry(path[1..], bytes: File.ReadAllBytes(path), mode: 0b111_101_101)),
        ]);
        layout.Write(DotNetPublish.ThisRuntime == "linux-x64" ? "amd64" : "arm64", "/bin/sh", user: "", "PATH=/bin", "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080");
    }
}
