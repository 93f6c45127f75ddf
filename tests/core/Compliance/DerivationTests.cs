using System.Security.Cryptography;
using DevOpsAI.Compliance.Bundles;

namespace DevOpsAI.Tests.Core.Compliance;

public sealed class DerivationTests
{
    /// <summary>
    /// When this fails, report or OSCAL say something else about the same entries than they did: raise <see cref="BundleFormat.Derivation"/>
    /// once something was released with the number as it is, and put the new hash here.
    /// </summary>
    [Fact]
    public async Task The_same_entries_give_the_documents_that_bundles_were_made_with()
    {
        using var scene = new BundleScene();
        await scene.Story.EverythingAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()));
        // The results carry the note, whose signature is another one in every run; the report carries all that they say.
        string[] stable = ["oscal/component-definition.json", "report.html", "VERIFY.md"];
        var hashes = stable.Select(name => Convert.ToHexStringLower(SHA256.HashData(files[name]))[..16]);
        string.Join(' ', hashes).ShouldBe("d81ec91a454862b2 1466af528c41e49c 75ee5b29ec094b55");
        BundleFormat.Derivation.ShouldBe(1);
    }
}
