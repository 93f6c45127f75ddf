using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace DevOpsAI.LocalTeams;

/// <summary>The page's files, which the build puts beside the program.</summary>
internal sealed class PageFiles : IDisposable
{
    /// <summary>Nothing from elsewhere is loaded: no script, no style, and above all no image that a card names.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] FromNpm = ["lib/adaptivecards.js", "lib/adaptivecards.css", "lib/markdown-it.js"];

    private readonly PhysicalFileProvider files =
        new(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "LocalTeams", "page")).FullName);
    private readonly FileExtensionContentTypeProvider contentTypes = new();

    public IReadOnlyList<string> Missing => [.. FromNpm.Where(name => !files.GetFileInfo(name).Exists)];

    public IResult Send(HttpContext http, string name)
    {
        var file = files.GetFileInfo(name);
        if (!file.Exists || file.PhysicalPath is null || !contentTypes.TryGetContentType(name, out var contentType))
            return Results.NotFound();
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.CacheControl = "no-cache";
        return Results.File(file.PhysicalPath, contentType, lastModified: file.LastModified);
    }

    public void Dispose() => files.Dispose();
}
