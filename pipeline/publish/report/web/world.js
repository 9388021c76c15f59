"use strict";
/* The shapes of the map: rings of whole numbers unpacked to GeoJSON, and the Equal Earth projection (Šavrič, Patterson
   and Jenny 2018), in which areas of one size look equally large. */
{
  const [A1, A2, A3, A4, M] = [1.340264, -0.081106, 0.000893, 0.003796, Math.sqrt(3) / 2];
  const TURNS = 12; // of Newton's method; far more than it needs

  const radians = (degrees) => (degrees * Math.PI) / 180;
  const degrees = (angle) => (angle * 180) / Math.PI;
  const height = (t) => t * (A1 + A2 * t ** 2 + t ** 6 * (A3 + A4 * t ** 2));
  const slope = (t) => A1 + 3 * A2 * t ** 2 + t ** 6 * (7 * A3 + 9 * A4 * t ** 2);

  /* [longitude, latitude] to [x, y], where y grows downwards. */
  function project([longitude, latitude]) {
    const t = Math.asin(M * Math.sin(radians(latitude)));
    return [(radians(longitude) * Math.cos(t)) / (M * slope(t)), -height(t)];
  }

  function unproject([x, y]) {
    let t = -y;
    for (let turn = 0; turn < TURNS; turn += 1) t -= (height(t) + y) / slope(t);
    const sine = Math.min(Math.max(Math.sin(t) / M, -1), 1);
    return [degrees((x * M * slope(t)) / Math.cos(t)), degrees(Math.asin(sine))];
  }

  /* Steps in tenths of a degree to points in degrees. */
  function points(ring) {
    let [x, y] = [0, 0];
    const found = [];
    for (let place = 0; place < ring.length; place += 2) {
      x += ring[place];
      y += ring[place + 1];
      found.push([x / 10, y / 10]);
    }
    return found;
  }

  /* Land without a code has an empty name. */
  function geoJson({ shapes }) {
    const feature = ({ country, rings }) => ({
      type: "Feature",
      properties: { name: country ?? "" },
      geometry: { type: "MultiPolygon", coordinates: rings.map((ring) => [points(ring)]) },
    });
    return { type: "FeatureCollection", features: shapes.map(feature) };
  }

  Object.assign(corridor, { geoJson, equalEarth: { project, unproject } });
}
