using System.Security.Cryptography;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>Public keys that are no P-256 keys, some of which no platform knows. Made with <c>openssl ecparam</c>.</summary>
public sealed class OddCurvesTests
{
    /// <summary>P-256 as numbers in place of its name.</summary>
    private const string Explicit =
        "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA///////////////8BCBaxjXY"
        + "qjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7L"
        + "tkBoN79R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABG9hph/cY4IPoI5LfIetWbgnR7chbkmFgDpGq5dRYgjAlRCLY7XStOLvJ3vN1W/x+jx6puD1zbEcXKA0QRQGPfQ=";

    [Theory]
    [InlineData(Explicit)]
    // secp256k1
    [InlineData("MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEeaJHXZ/A7ofZu9pEL1XN+pxvZ88AEJQzgWo9m/Qe8fgvLcw2yvNqB9PgpRgRc/Gl0Y1FL/YE1QRfMNKflr2Eow==")]
    // brainpoolP256r1
    [InlineData(
        "MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEHA0IABAggypm4VVRwW4xSvpVQvg6DVriWUEYEsr72eRPKJB15og0u0gRHgzov2U0HQJflo1JdEglri0V0wkp760KPZXU=")]
    // sect283k1, a binary field
    [InlineData(
        "MF4wEAYHKoZIzj0CAQYFK4EEABADSgAEAGTdchMDzO2BKpUZLmHYj1bCNW4coAb0f8q3wVAZobCokx7RA222FEvQS+9zasa0fX7n1XBDImsnCMyLNv2AHxh+YSRRgtR4")]
    [InlineData("MDIwEAYHKoZIzj0CAQYFZysBBAgDHgAEppc7kyP8Biy2d3RcBh2mW0MSBglA1pFRnfDIZA==")] // wap-wsg-idm-ecid-wtls8
    [InlineData("MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACRa7b0hRotDasfOMjc4519nrWJzHbXrA/M9nNrBA1AMg=")] // P-256, compressed
    public void A_key_on_another_curve_is_refused_in_the_same_words(string spki)
    {
        var key = Convert.FromBase64String(spki);
        Should.Throw<NoteFormatException>(() => VerifierKey.Create("log/contoso", key)).Message
            .ShouldBe("not an ECDSA key on the curve P-256");
        Should.Throw<NoteFormatException>(() => VerifierKey.Parse(Text("log/contoso", key))).Message
            .ShouldBe("not an ECDSA key on the curve P-256");
    }

    [Fact]
    public void Whatever_is_done_to_a_key_it_is_a_key_or_refused()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = ecdsa.ExportSubjectPublicKeyInfo();
        VerifierKey.Create("log/contoso", key).PublicKey.ToArray().ShouldBe(key);
        for (var bit = 0; bit < key.Length * 8; bit++)
        {
            var bent = key.ToArray();
            bent[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<NoteFormatException>(() => VerifierKey.Parse(Text("log/contoso", bent)), $"bit {bit}");
        }
        for (var length = 0; length < key.Length; length++)
            Should.Throw<NoteFormatException>(() => VerifierKey.Create("log/contoso", key.AsSpan(0, length)));
        Should.Throw<NoteFormatException>(() => VerifierKey.Create("log/contoso", [.. key, 0]));
    }

    private static string Text(string name, byte[] key)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, 4));
        return $"{name}+{id}+{Convert.ToBase64String([0x02, .. key])}";
    }
}
