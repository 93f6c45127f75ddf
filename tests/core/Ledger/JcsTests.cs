using System.Globalization;
using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger;

namespace DevOpsAI.Tests.Ledger;

public sealed class JcsTests
{
    public static TheoryData<string, string, string> Pairs()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var group in (string[])["upstream", "own"])
        {
            foreach (var one in Vectors.Read("jcs-vectors.json").GetProperty(group).GetProperty("cases").EnumerateArray())
                data.Add(one.GetProperty("name").GetString()!, one.GetProperty("inputBase64").GetString()!,
                    one.GetProperty("canonicalHex").GetString()!);
        }
        return data;
    }

    public static TheoryData<string, string> Unfit()
    {
        var data = new TheoryData<string, string>();
        foreach (var one in Vectors.Read("jcs-vectors.json").GetProperty("mustReject").EnumerateArray())
            data.Add(one.GetProperty("name").GetString()!, one.GetProperty("inputBase64").GetString()!);
        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_value_has_one_text(string name, string input, string canonical) =>
        Convert.ToHexStringLower(Jcs.Canonicalize(Convert.FromBase64String(input))).ShouldBe(canonical, name);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_canonical_text_is_its_own_canonical_text(string name, string input, string canonical)
    {
        input.ShouldNotBeEmpty();
        Convert.ToHexStringLower(Jcs.Canonicalize(Convert.FromHexString(canonical))).ShouldBe(canonical, name);
    }

    [Theory]
    [MemberData(nameof(Unfit))]
    public void What_is_not_I_JSON_is_refused(string name, string input) =>
        Should.Throw<JsonException>(() => Jcs.Canonicalize(Convert.FromBase64String(input)), name);

    [Fact]
    public void Numbers_are_printed_as_ECMAScript_prints_them()
    {
        var vectors = Vectors.Read("jcs-numbers.json");
        foreach (var one in vectors.GetProperty("cases").EnumerateArray())
            Jcs.FormatNumber(OfBits(one)).ShouldBe(one.GetProperty("text").GetString());
        foreach (var one in vectors.GetProperty("notFinite").EnumerateArray())
            Should.Throw<JsonException>(() => Jcs.FormatNumber(OfBits(one)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":{\"b\":1,\"c\":2,\"b\":3}}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    public void A_repeated_name_or_a_second_value_is_refused(string json) =>
        Should.Throw<JsonException>(() => Jcs.Canonicalize(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void After_a_refusal_the_next_value_is_written_as_ever()
    {
        Should.Throw<JsonException>(() => Jcs.Canonicalize("{\"b\":1,\"a\":{\"x\":"u8));
        Encoding.UTF8.GetString(Jcs.Canonicalize("{\"b\":1,\"a\":2}"u8)).ShouldBe("{\"a\":2,\"b\":1}");
    }

    private static double OfBits(JsonElement one) =>
        BitConverter.UInt64BitsToDouble(
            ulong.Parse(one.GetProperty("bits").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
