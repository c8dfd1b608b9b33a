// The words of the demo shop: an outfitter for people and their animals.

export const families = [
  { type: 'T-Shirts', category: 'aa-1-13-8', code: 'TEE', material: 'cloth', nouns: ['Crew Tee', 'Pocket Tee', 'Long Sleeve Tee', 'Ringer Tee', 'Boxy Tee'], price: [1900, 4900], grams: 180, sizes: 'clothes', audience: true, weight: 14, icon: 'tee' },
  { type: 'Tops', category: 'aa-1-13', code: 'TOP', material: 'cloth', nouns: ['Overshirt', 'Henley', 'Polo', 'Blouse', 'Camp Shirt'], price: [3900, 8900], grams: 260, sizes: 'clothes', audience: true, weight: 9, icon: 'tee' },
  { type: 'Jackets', category: 'aa-1', code: 'JKT', material: 'cloth', nouns: ['Field Jacket', 'Rain Shell', 'Down Parka', 'Fleece', 'Wind Anorak'], price: [8900, 34900], grams: 820, sizes: 'clothes', audience: true, weight: 8, icon: 'tee' },
  { type: 'Knitwear', category: 'aa-1', code: 'KNT', material: 'cloth', nouns: ['Fisherman Sweater', 'Cardigan', 'Roll Neck', 'Slipover'], price: [6900, 18900], grams: 540, sizes: 'clothes', audience: true, weight: 6, icon: 'tee' },
  { type: 'Trousers', category: 'aa-1', code: 'TRS', material: 'cloth', nouns: ['Chino', 'Work Pant', 'Trail Short', 'Wide Trouser', 'Five Pocket Jean'], price: [5900, 15900], grams: 480, sizes: 'waist', audience: true, weight: 8, icon: 'bag' },
  { type: 'Socks', category: 'aa-1', code: 'SCK', material: 'cloth', nouns: ['Hiking Sock', 'Boot Sock', 'Ankle Sock 3-Pack'], price: [900, 2900], grams: 80, sizes: 'feet', audience: true, weight: 5, icon: 'bag' },
  { type: 'Backpacks', category: 'aa', code: 'BAG', material: 'leather', nouns: ['Day Pack 20L', 'Roll Top 28L', 'Travel Pack 40L', 'Hip Pack'], price: [4900, 22900], grams: 1100, sizes: 'volume', weight: 5, icon: 'bag' },
  { type: 'Scarves', category: 'aa', code: 'SCF', material: 'cloth', nouns: ['Winter Scarf', 'Bandana', 'Neck Gaiter'], price: [1500, 7900], grams: 140, sizes: 'none', weight: 3, icon: 'bag' },
  { type: 'Dog Treats', category: 'ap-2-3-9', code: 'DTR', material: 'food', nouns: ['Training Bites', 'Dental Chews', 'Venison Strips', 'Pumpkin Biscuits'], price: [490, 2490], grams: 300, sizes: 'food', weight: 7, icon: 'bowl' },
  { type: 'Dog Supplies', category: 'ap-2-3', code: 'DOG', material: 'leather', nouns: ['Collar', 'Lead', 'Travel Bed', 'Harness'], price: [1200, 8900], grams: 350, sizes: 'clothes', weight: 6, icon: 'bowl' },
  { type: 'Cat Food', category: 'ap-2-2-1-1', code: 'CTF', material: 'food', nouns: ['Kitten Dry Food', 'Adult Dry Food', 'Salmon Pâté', 'Chicken Pouches'], price: [390, 5990], grams: 1500, sizes: 'food', weight: 7, icon: 'bowl' },
  { type: 'Cat Supplies', category: 'ap-2-2', code: 'CAT', material: 'hard', nouns: ['Scratching Post', 'Window Perch', 'Sleeping Cave', 'Feather Wand'], price: [990, 12900], grams: 2100, sizes: 'none', weight: 4, icon: 'bowl' },
  { type: 'Bird Feeding', category: 'ap-2-1-1-2-1', code: 'BRD', material: 'hard', nouns: ['Seed Dish', 'Clip-on Feeder', 'Water Dish'], price: [490, 2990], grams: 160, sizes: 'none', weight: 3, icon: 'bowl' },
  { type: 'Aquarium', category: 'ap-2-4', code: 'AQU', material: 'hard', nouns: ['Nano Tank', 'Filter Sponge', 'Driftwood', 'Test Kit'], price: [590, 19900], grams: 2600, sizes: 'none', weight: 3, icon: 'mug' },
  { type: 'Mugs', category: null, code: 'MUG', material: 'hard', nouns: ['Camp Mug', 'Tall Mug', 'Travel Cup'], price: [1200, 3900], grams: 420, sizes: 'volume', weight: 4, icon: 'mug' },
  { type: 'Candles', category: null, code: 'CDL', material: 'wax', nouns: ['Pillar Candle', 'Table Candle', 'Travel Tin Candle'], price: [1400, 4900], grams: 380, sizes: 'scent', weight: 3, icon: 'mug' },
  { type: 'Notebooks', category: null, code: 'NTB', material: 'paper', nouns: ['Field Notes 3-Pack', 'Bound Notebook', 'Dot Grid Journal'], price: [700, 2900], grams: 220, sizes: 'none', weight: 3, icon: 'bag' },
  { type: '', category: null, code: 'MSC', material: 'paper', nouns: ['Repair Patch', 'Sticker Sheet', 'Sample Box'], price: [100, 1900], grams: 40, sizes: 'none', weight: 2, icon: 'bag' },
];

export const vendors = ['Fernwood', 'Harbour & Pine', 'Nordlicht', 'Cowan Basics', 'Atelier Moreau', 'Kōhi Works', 'Bramble & Fox', "O'Hara Outfitters", 'Wild Meadow Pets', 'Tidepool', 'Studio Grau', 'Almonte', 'Paws "R" More', 'Rue Verte', 'Black Kite Co.', 'Ümlaut GmbH'];

export const adjectives = ['Alpine', 'Amber', 'Birch', 'Brisk', 'Calm', 'Cedar', 'Coastal', 'Copper', 'Dawn', 'Drift', 'Ember', 'Everyday', 'Fable', 'Fern', 'Flint', 'Gale', 'Glen', 'Granite', 'Harvest', 'Hazel', 'Heath', 'Indigo', 'Ivory', 'Juniper', 'Lark', 'Linden', 'Lunar', 'Maple', 'Marsh', 'Meadow', 'Mistral', 'Moss', 'North', 'Oak', 'Ochre', 'Opal', 'Pebble', 'Quill', 'Rowan', 'Saffron', 'Sage', 'Sierra', 'Slate', 'Sparrow', 'Summit', 'Thistle', 'Tundra', 'Umber', 'Vale', 'Willow'];

export const materials = {
  cloth: ['Organic Cotton', 'Merino', 'Linen', 'Recycled Nylon', 'Hemp', 'Waxed Canvas', 'Wool', ''],
  leather: ['Waxed Canvas', 'Recycled Nylon', 'Cork', 'Hemp', 'Leather', ''],
  food: ['Grain-Free', 'Organic', 'Small Batch', ''],
  hard: ['Oak', 'Stoneware', 'Bamboo', 'Steel', 'Cork', ''],
  wax: ['Beeswax', 'Soy', 'Rapeseed Wax'],
  paper: ['Recycled', 'Linen', 'Cotton Paper', ''],
};

export const colours = [['Forest', '#2f5d43'], ['Sand', '#d9c7a3'], ['Ink', '#22304a'], ['Rust', '#b5532f'], ['Chalk', '#f1efe8'], ['Moss', '#7a8450'], ['Plum', '#6b3a5b'], ['Sky', '#8fb8d6'], ['Coal', '#2b2b2e'], ['Honey', '#d99a2b'], ['Rose', '#d98c95'], ['Petrol', '#1f6f78'], ['Clay', '#a4674b'], ['Mint', '#a7d3bd'], ['Lilac', '#b7a3d0'], ['Brick', '#8c3b2e'], ['Fog', '#c3c8ca'], ['Navy', '#1c2b50'], ['Olive', '#5b5a2f'], ['Coral', '#e57f63'], ['Cocoa', '#5a3d2b'], ['Ivory', '#f4ecd8'], ['Teal', '#217a73'], ['Mustard', '#c79a1e'], ['Berry', '#8b2f4f'], ['Ash', '#8a8d8f'], ['Fern', '#4f7942'], ['Copper', '#b36b3e'], ['Storm', '#4a5563'], ['Peach', '#f0b596'], ['Lemon', '#eed96b'], ['Aubergine', '#432a3f']];

export const sizes = {
  clothes: ['XS', 'S', 'M', 'L', 'XL', 'XXL', '3XL', '4XL', '5XL', 'One size'],
  waist: ['W28', 'W29', 'W30', 'W31', 'W32', 'W33', 'W34', 'W36', 'W38', 'W40'],
  feet: ['35–38', '39–42', '43–46', '47–49', 'Kids S', 'Kids M', 'Kids L', 'XL wide', 'XS', 'XXS'],
  volume: ['Small', 'Medium', 'Large', 'X-Large', 'Mini', 'Maxi', 'Set of 2', 'Set of 4', 'Set of 6', 'Set of 8'],
  food: ['150 g', '400 g', '1 kg', '2.5 kg', '7 kg', '12 kg', '15 kg', 'Sample', 'Box of 6', 'Box of 12'],
  scent: ['Cedar', 'Fig & Salt', 'Smoke', 'Lavender', 'Orange Blossom', 'Rain', 'Tomato Leaf', 'Unscented', 'Pine', 'Vetiver'],
  none: ['Standard', 'Gift box', 'Refill', 'Pair', 'Trio', 'Bulk', 'Mini', 'Maxi', 'Travel', 'Home'],
};

export const flavours = ['Chicken', 'Salmon', 'Duck', 'Beef', 'Lamb', 'Turkey', 'Venison', 'Tuna', 'Pumpkin', 'Rabbit', 'Herring', 'Insect'];

export const lengths = ['Regular', 'Short', 'Long', 'Tall', 'Petite', 'Cropped', 'Extra long', 'Custom'];

/** Titles that break careless software. */
export const oddTitles = [
  'Crème brûlée Candle – “Limited”', '👩‍🚀 Space Explorer Tee 🚀', 'قميص قطن عضوي', 'חולצת כותנה לבנה (XL)', '手作りセラミックマグ 300ml', '유기농 면 티셔츠',
  'Zażółć gęślą jaźń Notebook', 'Ελληνικό λινό πουκάμισο', 'Тёплый свитер «Север»', 'Tee <b>Bold</b> & "Quoted"', 'Back\\slash and /slash/ Pack', "Dog's Dinner; DROP TABLE products;--",
  'Cafe\u0301 Mug (decomposed é)', 'Mixed مزيج direction Mug', '🐈\u200d⬛ Black Cat Bed', 'ไทยผ้าฝ้าย Scarf', 'Tab\tand  double  space Sock', 'ＦＵＬＬｗｉｄｔｈ Tee', '0', 'null',
  'Very long name that goes on and on so that no column is ever wide enough for it, whatever the designer hoped for when drawing the grid, because somebody pasted a whole sentence and then another one into the title field of this product',
];

export const sentences = [
  'Made in small batches from yarn that would otherwise be thrown away.', 'Washed once, worn for years.', 'Cut generously through the shoulder, so that it layers well.',
  'Our warehouse dog sleeps on one every day.', 'Tested through two winters on the north coast.', 'The dye is plant-based; no two lots look quite the same.',
  'Double stitched wherever it matters.', 'Repairs are free for the first five years.', 'Packed in paper, sealed with starch.', 'Grain free, slow baked, and loved by fussy eaters.',
  'Weighs next to nothing and folds into its own pocket.', 'Please read the care label before you wash it.', 'Designed with the people who run our shops.', 'It pairs with everything in the Harbour line.',
];

export const audiences = ['men', 'women', 'unisex', 'kids'];
export const seasons = ['AW24', 'SS25', 'AW25', 'SS26'];
export const extraTags = ['new', 'sale', 'bestseller', 'gift idea', 'last chance', 'online only', 'vegan', 'recycled', 'Größe beachten', 'color:earth', 'color:bright', 'collab', 'preorder', 'fragile', 'heavy', 'sample-sale-2024'];
