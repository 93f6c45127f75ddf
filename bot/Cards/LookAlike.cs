using System.Text;

namespace DevOpsAI.Bot.Cards;

/// <summary>Finds names such as <c>SRV-FІLE01</c>, where a letter of another script imitates a Latin one.</summary>
internal static class LookAlike
{
    private const int Named = 4;

    /// <summary>Cyrillic, Greek and Armenian letters that many fonts draw exactly as a Latin letter.</summary>
    private const string Imitations = "АВЕКМНОРСТУХЅІЈԌԚԜаеорсухѕіјһԁԛԝѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανιՕՏԼօսԱ";

    private enum Script { None, Latin, Greek, Cyrillic, Armenian, Cherokee, FullWidth, Mathematical, Other }

    /// <summary><paramref name="shown"/>, followed by the suspicious letters of <paramref name="original"/> by number when there are any.</summary>
    public static string Mark(string shown, string? original)
    {
        if (original is null || original.All(char.IsAscii))
            return shown;
        var odd = original.Split([' ', '.', '\\', '/', '@', ','], StringSplitOptions.RemoveEmptyEntries).SelectMany(Suspicious).Distinct().ToList();
        if (odd.Count == 0)
            return shown;
        var numbers = string.Join(" ", odd.Take(Named).Select(rune => $"U+{rune.Value:X4}"));
        return $"{shown} ‹look-alike letters: {numbers}{(odd.Count > Named ? " …" : "")}›";
    }

    private static IEnumerable<Rune> Suspicious(string word)
    {
        var letters = word.EnumerateRunes().Where(Rune.IsLetter).ToList();
        var scripts = letters.Select(ScriptOf).Distinct().ToList();
        var strange = letters.Where(letter => ScriptOf(letter) != Script.Latin);
        if (scripts.Exists(script => script is Script.FullWidth or Script.Mathematical) || (scripts.Count > 1 && scripts.Contains(Script.Latin)))
            return strange;
        return letters.Count > 0 && letters.All(letter => letter.IsBmp && Imitations.Contains((char)letter.Value, StringComparison.Ordinal)) ? strange : [];
    }

    private static Script ScriptOf(Rune letter) => letter.Value switch
    {
        < 0x0250 or >= 0x1E00 and <= 0x1EFF => Script.Latin,
        >= 0x0370 and <= 0x03FF or >= 0x1F00 and <= 0x1FFF => Script.Greek,
        >= 0x0400 and <= 0x052F => Script.Cyrillic,
        >= 0x0530 and <= 0x058F => Script.Armenian,
        >= 0x13A0 and <= 0x13FF or >= 0xAB70 and <= 0xABBF => Script.Cherokee,
        >= 0xFF00 and <= 0xFFEF => Script.FullWidth,
        >= 0x1D400 and <= 0x1D7FF => Script.Mathematical,
        _ => Script.Other,
    };
}
