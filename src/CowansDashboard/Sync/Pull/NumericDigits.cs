using System.Runtime.CompilerServices;

namespace CowansDashboard.Sync.Pull;

/// <summary>A decimal number as PostgreSQL's numeric sends it: groups of four digits, without trailing zeros.</summary>
internal ref struct NumericDigits
{
    private const int Most = 32;
    private const int MostText = 96;

    public DigitGroups Digits;
    public int Count;
    public int Weight;
    public int Scale;
    public bool Negative;

    /// <summary>Reads [-]digits[.digits]; false for anything else, an exponent included.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out NumericDigits number)
    {
        number = default;
        if (!text.IsEmpty && text[0] == '-')
        {
            number.Negative = true;
            text = text[1..];
        }
        if (text.IsEmpty || text.Length > MostText)
            return false;

        var dot = text.IndexOf((byte)'.');
        var whole = dot < 0 ? text : text[..dot];
        var fraction = dot < 0 ? default : text[(dot + 1)..].TrimEnd((byte)'0');
        whole = whole.TrimStart((byte)'0');
        if (whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || (dot >= 0 && text.Length == 1))
            return false;

        number.Scale = fraction.Length;
        number.Weight = ((whole.Length + 3) / 4) - 1;
        var position = 0;
        for (var first = whole.Length % 4; position < whole.Length; position += first, first = 4)
        {
            if (first == 0)
                first = 4;
            number.Add(whole.Slice(position, first), pad: 0);
        }
        for (position = 0; position < fraction.Length; position += 4)
        {
            var group = fraction[position..Math.Min(position + 4, fraction.Length)];
            number.Add(group, pad: 4 - group.Length);
        }
        number.Trim();
        return true;
    }

    private void Add(ReadOnlySpan<byte> digits, int pad)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value * 10) + (digit - '0');
        for (; pad > 0; pad--)
            value *= 10;
        Digits[Count++] = (short)value;
    }

    private void Trim()
    {
        var leading = 0;
        while (leading < Count && Digits[leading] == 0)
            leading++;
        for (var i = leading; i < Count; i++)
            Digits[i - leading] = Digits[i];
        Count -= leading;
        Weight -= leading;
        while (Count > 0 && Digits[Count - 1] == 0)
            Count--;
        if (Count == 0)
        {
            Weight = 0;
            Negative = false;
        }
    }

    [InlineArray(Most)]
    public struct DigitGroups
    {
        private short _first;
    }
}
